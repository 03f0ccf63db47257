"""Sealed values open in their own place only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag

from config.keys import KEY_BYTES, Keyring
from models.records.sealing import id_digest, prefix_digest, seal, seal_id_no, unseal, unseal_id_no
from tests.builders import resident_id
from tests.conftest import use_environment

NUMBER, ANOTHER = resident_id(sequence=1), resident_id(sequence=2)
PLACE = b"row:1:2"


@pytest.fixture
def ring() -> Iterator[Keyring]:
    """A ring of this test's own; `use` puts another one in its place."""
    with pytest.MonkeyPatch.context() as patch:
        own = Keyring.new()
        use_environment(patch, CANBAO_KEYS=own.to_json())
        yield own
    use_environment(pytest.MonkeyPatch())


def use(ring: Keyring) -> None:
    use_environment(pytest.MonkeyPatch(), CANBAO_KEYS=ring.to_json())


@pytest.mark.usefixtures("ring")
def test_what_is_sealed_opens_again() -> None:
    assert unseal(seal(b"clear", PLACE), PLACE) == b"clear"


@pytest.mark.usefixtures("ring")
def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert seal(b"clear", PLACE) != seal(b"clear", PLACE)


@pytest.mark.usefixtures("ring")
def test_a_value_moved_to_another_place_does_not_open() -> None:
    with pytest.raises(InvalidTag):
        unseal(seal(b"clear", b"row:1:2"), b"row:1:3")


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize("changed", [1, 13, -1])
def test_a_value_with_one_bit_changed_does_not_open(changed: int) -> None:
    sealed = bytearray(seal(b"clear", PLACE))
    sealed[changed] ^= 1
    with pytest.raises(InvalidTag):
        unseal(bytes(sealed), PLACE)


@pytest.mark.usefixtures("ring")
def test_a_number_copied_to_another_persons_row_does_not_open() -> None:
    with pytest.raises(InvalidTag):
        unseal_id_no(seal_id_no(NUMBER, id_digest(NUMBER)), id_digest(ANOTHER))


def test_after_a_change_of_keys_old_values_still_open(ring: Keyring) -> None:
    sealed = seal(b"clear", PLACE)
    use(replace(ring, current=2, sealing={**ring.sealing, 2: b"2" * KEY_BYTES}))
    assert (unseal(sealed, PLACE), sealed[0], seal(b"clear", PLACE)[0]) == (b"clear", 1, 2)


def test_a_value_whose_key_is_gone_says_so(ring: Keyring) -> None:
    sealed = seal(b"clear", PLACE)
    use(replace(ring, current=2, sealing={2: b"2" * KEY_BYTES}))
    with pytest.raises(KeyError):
        unseal(sealed, PLACE)


def test_a_value_sealed_under_another_key_of_the_same_number_does_not_open(ring: Keyring) -> None:
    sealed = seal(b"clear", PLACE)
    use(Keyring.new())
    with pytest.raises(InvalidTag):
        unseal(sealed, PLACE)


def test_digests_depend_on_the_look_up_key(ring: Keyring) -> None:
    digest, prefix = id_digest(NUMBER), prefix_digest(NUMBER)
    use(Keyring.new())
    assert id_digest(NUMBER) != digest
    assert prefix_digest(NUMBER) != prefix


@pytest.mark.usefixtures("ring")
def test_numbers_with_the_same_six_first_characters_share_a_prefix_digest() -> None:
    assert prefix_digest(NUMBER) == prefix_digest(NUMBER[:6]) == prefix_digest(ANOTHER)
    assert prefix_digest(NUMBER) != prefix_digest(resident_id(province="320000"))


@pytest.mark.usefixtures("ring")
def test_a_prefix_of_six_characters_is_not_digested_like_a_whole_number() -> None:
    assert not id_digest("A12345").startswith(prefix_digest("A12345"))
