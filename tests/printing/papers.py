"""PDF files as a reader's program sees them."""

import io
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

A3_MM = (297, 420)
A4_MM = (210, 297)


class Paper:
    """A PDF file: its text, its pages, and what it says about itself."""

    def __init__(self, body: bytes) -> None:
        self._reader = PdfReader(io.BytesIO(body))
        self.root: Any = self._reader.trailer["/Root"]

    @property
    def title(self) -> str | None:
        return self._reader.metadata and self._reader.metadata.title

    @property
    def sizes_mm(self) -> list[tuple[int, int]]:
        return [
            (round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4))
            for page in self._reader.pages
        ]

    @property
    def text(self) -> str:
        """All text, words parted by single spaces, hyphens at ends of lines taken out."""
        lines = "\n".join(page.extract_text() for page in self._reader.pages)
        return " ".join(lines.replace("\u00ad", "").split())

    @property
    def claims_pdf_ua(self) -> bool:
        return "pdfuaid" in self.root["/Metadata"].get_data().decode()

    @property
    def fonts_embedded(self) -> dict[str, bool]:
        """Family and style of each font, and whether its file is inside."""
        found = {}
        for page in self._reader.pages:
            for font in page["/Resources"]["/Font"].values():
                (inner,) = font.get_object()["/DescendantFonts"]
                descriptor = inner.get_object()["/FontDescriptor"]
                name = str(font.get_object()["/BaseFont"]).partition("+")[2]
                found[name] = bool({"/FontFile2", "/FontFile3"} & set(descriptor))
        return found

    @property
    def links(self) -> set[str]:
        return {
            str(annotation.get_object()["/A"]["/URI"])
            for page in self._reader.pages
            for annotation in page.get("/Annots", ())
        }

    def structure(self) -> list[str]:
        """Roles of the structure tree, from its root, depth first."""
        return [str(one["/S"]) for one in self._elements(self.root["/StructTreeRoot"])]

    def alternatives(self) -> list[str]:
        """What is said instead of each picture."""
        return [
            str(one["/Alt"])
            for one in self._elements(self.root["/StructTreeRoot"])
            if one["/S"] == "/Figure"
        ]

    def _elements(self, node: Any) -> list[Any]:
        inside = node.get("/K", [])
        found: list[Any] = [node] if "/S" in node else []
        children = inside if isinstance(inside, list) else [inside]
        for child in (one.get_object() for one in children):
            if isinstance(child, DictionaryObject) and "/S" in child:
                found += self._elements(child)
        return found
