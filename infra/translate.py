"""Writes the template as SAM's transform leaves it: what CloudFormation, and checkov, get to see.

python -m infra.translate .tools/template.json
"""

import json
import logging
import sys
from pathlib import Path

from local.stack import translate

if __name__ == "__main__":
    logging.disable(logging.WARNING)  # the translator's remarks about toggles that only AWS has
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(translate(Path("template.yaml")), indent=1, ensure_ascii=False))
