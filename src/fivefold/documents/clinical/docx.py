"""A document as DOCX: headings, real lists and tables with heading rows, language and title set, pictures with their words."""

from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table as PaperTable

from fivefold.documents.clinical.blocks import Block, Bullets, Chart, Composed, Heading, Paragraph, PenLines, Rows, Table
from fivefold.documents.clinical.chart_picture import draw_svg
from fivefold.documents.typesetting import picture_of, without_marks

BODY, PLAIN_BODY = Pt(10.5), Pt(12)
LINE = "_" * 34
# XML knows no control characters, and a text that holds one could not be written.
UNWRITABLE = dict.fromkeys([*(code for code in range(32) if code not in (9, 10)), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


def print_docx(document: Composed, state: str) -> bytes:
    """The document in the usual format of word processors; ``state`` stands under the title and in the foot of each page."""
    paper = Document()
    _set_up(paper, document, state)
    paper.add_heading(_clean(document.title), level=1)
    if document.lead:
        paper.add_paragraph(_clean(document.lead), style="Subtitle")
    for label, value in document.head:
        _labelled(paper, label, value)
    paper.add_paragraph(_clean(state))
    for part in document.parts:
        paper.add_heading(_clean(part.title), level=2)
        for block in part.blocks:
            _write(paper, block)
    for text in document.foot:
        paper.add_paragraph(_clean(text))
    kept = BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _clean(text: str) -> str:
    return without_marks(text).translate(UNWRITABLE)


def _set_up(paper: Paper, document: Composed, state: str) -> None:
    """Title, language, fonts and the foot of each page; the dates are those of the document, so that it comes out the same each time."""
    about, made = paper.core_properties, datetime.combine(document.on, time(12), UTC).replace(tzinfo=None)
    about.title, about.language, about.author = _clean(document.title), document.language, "Fivefold"
    about.comments, about.last_modified_by, about.created, about.modified = "", "Fivefold", made, made
    _leave_out_second_styles(paper)
    normal = paper.styles["Normal"]
    normal.font.size = PLAIN_BODY if document.plain else BODY
    fonts = normal.element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB" if document.language == "en" else document.language)
    fonts.append(language)
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.footer.paragraphs[0].text = _clean(f"{document.title} · {document.about} · {state}")


def _leave_out_second_styles(paper: Paper) -> None:
    """The template carries its styles twice, the second time for a program of 2010, and the two contradict each other."""
    for key, relation in list(paper.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            paper.part.drop_rel(key)


def _write(paper: Paper, block: Block) -> None:
    match block:
        case Paragraph():
            style = {"lead": "Intense Quote", "words": "Quote", "note": "Caption"}.get(block.style, "Normal")
            paper.add_paragraph(_clean(block.text), style=style)
        case Heading():
            paper.add_heading(_clean(block.text), level=3)
        case Bullets():
            for item in block.items:
                paper.add_paragraph(_clean(item), style="List Number" if block.numbered else "List Bullet")
        case Rows():
            for label, value in block.rows:
                _labelled(paper, label, value)
        case PenLines():
            for label in block.labels:
                paper.add_paragraph(f"{_clean(label)}: {LINE}")
        case Table():
            _table(paper, block)
        case Chart():
            _chart(paper, block)


def _labelled(paper: Paper, label: str, value: str) -> None:
    line = paper.add_paragraph()
    line.add_run(f"{_clean(label)}: ").bold = True
    line.add_run(_clean(value))


def _table(paper: Paper, block: Table) -> None:
    """A table whose first row is marked as heading, so that it is read and repeated as one."""
    table = paper.add_table(rows=1, cols=len(block.header), style="Table Grid")
    _fill(table, 0, block.header, is_bold=True)
    marked: Any = table.rows[0]._tr.get_or_add_trPr()
    marked.append(OxmlElement("w:tblHeader"))
    for number, row in enumerate(block.rows, 1):
        table.add_row()
        _fill(table, number, row)
    paper.add_paragraph()


def _fill(table: PaperTable, number: int, texts: tuple[str, ...], *, is_bold: bool = False) -> None:
    for cell, text in zip(table.rows[number].cells, texts, strict=True):
        cell.paragraphs[0].add_run(_clean(text)).bold = is_bold


def _chart(paper: Paper, block: Chart) -> None:
    """The picture with its words for those who hear it; the same stands in a table of the document."""
    picture = paper.add_picture(BytesIO(picture_of(draw_svg(block))), width=Cm(11))
    about: Any = picture._inline.docPr
    about.set("descr", _clean(block.alt))
    about.set("title", _clean(block.name))
