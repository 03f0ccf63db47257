"""Pictures of pages for the documentation: taken where CANBAO_PICTURES names a folder, and nowhere else."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

FOLDER = os.environ.get("CANBAO_PICTURES", "")


def picture(page: Page, name: str) -> None:
    """The whole page as it is now, as `name`.png."""
    if FOLDER:
        page.wait_for_load_state("networkidle")
        shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
        few = shot.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)  # a third of the size
        few.save(Path(FOLDER) / f"{name}.png", optimize=True)
