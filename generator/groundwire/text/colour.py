"""The owner's colour, made readable: darkened on paper, lightened in the dark, until WCAG 2.2 asks no more (4.5 to 1)."""

from __future__ import annotations

RGB = tuple[int, int, int]
ENOUGH = 4.6  # a little over 4.5, so that rounding can't undo it
DEFAULT = "#8f1d21"
_PAPER, _SHEET = "#fdfcf9", "#f6f3ec"
_DARK_PAPER, _DARK_SHEET = "#15161a", "#1e2025"
_WHITE, _BLACK = "#ffffff", "#1b1113"
_STEPS = 100


def brand_css(colour: str) -> str:
    """Write a style sheet that puts the owner's colour in place of ours, light and dark."""
    light, dark = (
        readable(colour, on=(_PAPER, _SHEET), towards="#000000"),
        readable(colour, on=(_DARK_PAPER, _DARK_SHEET), towards="#ffffff"),
    )
    by_day = _variables(light, strong=mix(light, "#000000", 0.25))
    by_night = _variables(dark, strong=mix(dark, "#ffffff", 0.35))
    return (
        f":root{{{by_day}}}\n"
        f'@media (prefers-color-scheme: dark){{:root:not([data-scheme="light"]){{{by_night}}}}}\n'
        f':root[data-scheme="dark"]{{{by_night}}}\n'
        '@media print{:root,:root[data-scheme],:root:not([data-scheme="light"]){--accent:#000}}\n'
    )


def readable(colour: str, *, on: tuple[str, ...], towards: str) -> str:
    """Mix a colour with as little of `towards` as makes it readable on every one of the grounds."""
    for step in range(_STEPS + 1):
        mixed = mix(colour, towards, step / _STEPS)
        if all(contrast(mixed, ground) >= ENOUGH for ground in on):
            return mixed
    return towards


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink(ground: str) -> str:
    """Return white or our black, whichever is read better on the ground."""
    return max((_WHITE, _BLACK), key=lambda text: contrast(text, ground))


def mix(colour: str, other: str, share: float) -> str:
    """Return `colour` with a share (0 to 1) of `other` in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(colour), rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def rgb(colour: str) -> RGB:
    """Return red, green and blue, 0 to 255, of #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _variables(accent: str, *, strong: str) -> str:
    return f"--accent:{accent};--accent-strong:{strong};--on-accent:{ink(accent)}"


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
