import pkgutil
import subprocess
import sys
from pathlib import Path

import models.rules

ROOT = Path(__file__).parents[3]
FOREIGN = {"flask", "celery", "sqlalchemy", "redis", "openpyxl", "pydantic", "cryptography", "config.settings"}


def test_the_rules_load_no_framework_database_or_spreadsheet_library():
    names = [f"models.rules.{module.name}" for module in pkgutil.iter_modules(models.rules.__path__)]
    assert "models.rules.roster" in names
    code = f"import sys, {', '.join(names)}; print(sorted({FOREIGN!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_rule_asks_for_the_time():
    for path in sorted((ROOT / "models" / "rules").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert not any(call in source for call in (".now(", ".today(", "time.time(", "utcnow(")), path.name
