"""The cleaner's process: bounded, ended with its parent, and a bug in it is a bug and no refusal."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from models.rules.attachment import FileKind, stored_name
from models.rules.refusal import Refused
from tasks.attachment import safe_file as module
from tasks.attachment.image import as_jpeg
from tasks.attachment.safe_file import safe_file
from tests.refusals import refused
from tests.vouchers import a_photo


def encoded(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(as_jpeg(content)))


def program(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(module, "_PROGRAM", f"import sys; sys.path += sys.argv[1:3]; {code}")


def test_a_picture_is_stored_under_its_name_as_what_it_is_now() -> None:
    made = safe_file("转账 回单.PNG", encoded(Image.new("RGB", (20, 10), "red")))
    assert (made.name, made.kind) == ("转账 回单.jpg", FileKind.JPEG)
    assert Image.open(io.BytesIO(made.content)).format == "JPEG"


def test_a_name_is_cut_to_what_is_stored() -> None:
    assert len(stored_name("长" * 300 + ".pdf", FileKind.PDF)) == 200
    assert stored_name("", FileKind.PDF) == "附件.pdf"


def test_where_and_with_what_a_photo_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret"
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 0.0)}
    content = encoded(Image.new("RGB", (20, 10)), "JPEG", exif=exif, comment=b"secret")
    assert b"secret" in content
    assert b"secret" not in as_jpeg(content)
    assert not dict(seen(content).getexif())


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_taken_upright_is_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert seen(encoded(Image.new("RGB", (20, 10)), kind, exif=exif)).size == (10, 20)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGBA", (20, 10), (255, 0, 0, 0)),
        Image.new("LA", (20, 10), (0, 0)),
        Image.new("1", (20, 10), 1),
        Image.new("I;16", (20, 10), 65_535),
    ],
    ids=lambda image: image.mode,
)
def test_what_can_be_seen_through_is_on_white(image: Image.Image) -> None:
    assert seen(encoded(image)).getpixel((0, 0)) == (255, 255, 255)


def test_a_cleaner_with_a_bug_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, "raise ValueError('a secret')")
    with pytest.raises(RuntimeError, match="ended with 1"):
        safe_file("回单.jpg", a_photo())


def test_a_bug_is_told_without_what_the_file_says(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from tasks.attachment import cleaner\n"
        "def fail(content): raise ValueError(content)\n"
        "cleaner.cleaned = fail; cleaner.main(int(sys.argv[3]))"
    )
    program(monkeypatch, f"exec({code!r})")
    with pytest.raises(RuntimeError, match="ValueError") as caught:
        safe_file("回单.jpg", a_photo() + b"310101199003070019")
    assert "310101199003070019" not in str(caught.value)


@pytest.mark.parametrize(
    "code",
    ["import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "import os; os._exit(12)"],
    ids=["it dies of the file", "it has no memory"],
)
def test_a_cleaner_that_dies_of_its_file_refuses_it(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    program(monkeypatch, code)
    with refused("APP-003"):
        safe_file("回单.jpg", a_photo())


def test_a_cleaner_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WALL_SECONDS", 0.3)
    program(monkeypatch, "import time; time.sleep(60)")
    with refused("APP-003"):
        safe_file("回单.jpg", a_photo())


def test_a_cleaner_bounds_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import resource; from tasks.attachment import cleaner; "
        "cleaner.cleaned = lambda _: repr([resource.getrlimit(one)[0] for one in "
        "(resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)]).encode(); cleaner.main(int(sys.argv[3]))"
    )
    program(monkeypatch, code)
    assert safe_file("回单.jpg", a_photo()).content == b"[272629760, 4, 0]"


def test_whoever_finds_no_turn_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_SECONDS", 0.01)
    turns = [module._turns.acquire() for _ in range(module.AT_ONCE)]
    try:
        with pytest.raises(Refused, match="SYS-001"):
            safe_file("回单.jpg", a_photo())
    finally:
        for _ in turns:
            module._turns.release()
