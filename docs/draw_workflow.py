"""Draws the steps of a working copy for docs/editorial.md from the table that allows them.

`python -m docs.draw_workflow` writes them into the document.
"""

import re
from pathlib import Path

from directory.publication.models import Stage
from directory.publication.workflow import STEPS

DOCUMENT = Path(__file__).parent / "editorial.md"
_DIAGRAM = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def draw() -> str:
    """Return the steps as a state diagram in Mermaid."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{stage.label}" as {stage.value}' for stage in Stage]
    lines.append(f"    [*] --> {Stage.DRAFT.value} : Beginnen")
    for step in STEPS:
        lines += [
            f"    {stage.value} --> {step.after.value} : {step.label}"
            for stage in Stage
            if stage in step.before
        ]
    return "\n".join([*lines, "```"])


def drawn(document: str) -> str:
    """Return `document` with the diagram as the steps are now."""
    return _DIAGRAM.sub(lambda _: draw(), document, count=1)


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
