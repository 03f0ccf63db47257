from models.rules.refusal import Refused


def test_a_refusal_in_a_log_shows_its_code_and_no_values():
    refused = Refused("REG-001", name="王豆豆", phone="13912345678")
    assert str(refused) == "REG-001"
    assert "王豆豆" not in repr(refused)
    assert refused.values == {"name": "王豆豆", "phone": "13912345678"}
