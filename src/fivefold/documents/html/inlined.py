"""What a page carries inside itself: its style with the typefaces, and a policy that allows exactly that and no network."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
FONTS = ("figtree", "fraunces")


@cache
def style_of(name: str) -> str:
    """A style sheet of ``assets`` with both typefaces inside it."""
    text = (ASSETS / f"{name}.css").read_text("utf-8")
    for font in FONTS:
        text = text.replace(f"{font}.woff2", "data:font/woff2;base64," + b64encode((ASSETS / f"{font}.woff2").read_bytes()).decode("ascii"))
    return text


@cache
def policy_of(style: str, script: str = "") -> str:
    """A content security policy that allows this style, this script if there is one, and the fonts inside the file; nothing else, from nowhere."""
    scripts = f"script-src {_source(script)}; " if script else ""
    return f"default-src 'none'; style-src {_source(style)}; {scripts}font-src data:; img-src data:; base-uri 'none'; form-action 'none'"


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
