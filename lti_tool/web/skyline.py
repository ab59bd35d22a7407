"""The city on the horizon: hills, the plant, the river, houses whose windows are lit as far as the course is done."""

from __future__ import annotations

from markupsafe import Markup

_WIDTH, _HEIGHT = 1200, 190
# (x, width, height, columns, rows, roof) of each house; roof: "flat", "gable" or "tower"
_HOUSES = (
    (96, 74, 58, 4, 3, "gable"),
    (176, 52, 84, 3, 5, "flat"),
    (234, 88, 46, 5, 2, "gable"),
    (424, 62, 66, 3, 4, "gable"),
    (492, 44, 96, 2, 6, "tower"),
    (542, 96, 56, 5, 3, "flat"),
    (644, 58, 76, 3, 4, "gable"),
    (708, 84, 50, 4, 2, "gable"),
    (986, 70, 62, 4, 3, "flat"),
    (1062, 54, 82, 3, 5, "gable"),
)
_BASE = 150


def _house(x: int, w: int, h: int, roof: str) -> str:
    top = _BASE - h
    wall = f'<path class="sk-wall" d="M{x} {_BASE}v{-h}h{w}v{h}z"/>'
    if roof == "gable":
        return wall + f'<path class="sk-snow" d="M{x - 4} {top}l{w // 2 + 4}-18l{w // 2 + 4} 18z"/>'
    if roof == "tower":
        return wall + f'<path class="sk-snow" d="M{x - 3} {top}l{w // 2 + 3}-34l{w // 2 + 3} 34z"/>'
    return wall + f'<path class="sk-snow" d="M{x - 3} {top}v-5h{w + 6}v5z"/>'


def _panes() -> list[str]:
    """Every window of the town as a sub-path, in the order in which they light up: house after house, storey after storey."""
    panes = []
    for x, w, h, columns, rows, _roof in _HOUSES:
        step_x, step_y = w / (columns + 0.4), (h - 8) / rows
        for row in reversed(range(rows)):
            for column in range(columns):
                left = round(x + step_x * (column + 0.45))
                top = round(_BASE - h + 7 + step_y * row)
                panes.append(f"M{left} {top}h{round(step_x * 0.5)}v{round(step_y * 0.56)}h-{round(step_x * 0.5)}z")
    return panes


def _birch(x: int, size: float) -> str:
    height = round(44 * size)
    return (
        f'<path class="sk-bark" d="M{x} {_BASE + 2}v-{height}h{max(2, round(3 * size))}v{height}z"/>'
        f'<ellipse class="sk-leaf" cx="{x + 1}" cy="{_BASE - height}" rx="{round(11 * size)}" ry="{round(19 * size)}"/>'
    )


_PLANT = (
    '<path class="sk-steel" d="M820 150v-34h22v-44h12l4-34h16l4 34h10v44h16v-62h10l3-26h12l3 26h8v62h14v34z"/>'
    '<path class="sk-steel" d="M330 150l7-116h12l6 116zM366 150l6-92h11l6 92z"/>'
    '<path class="sk-band" d="M336 46h14l.5 8h-15zM334.600 68h16l.5 8h-17z"/>'
    '<path class="sk-fire" d="M858 72h16v6h-16zM826 128h10v12h-10zM890 128h8v12h-8zM936 132h12v10h-12z"/>'
    '<path class="sk-smoke" d="M344 28q-8-10 4-15q2-11 18-9q12-9 26-1q18-3 22 7q10 3 4 10q-8 6-20 3q-12 7-26 3q-16 8-28 2z'
    'M914 40q-6-10 5-14q3-10 17-8q12-8 24 0q14-1 16 8q6 6-3 10q-10 4-20 1q-18 8-39 3z"/>'
)


def skyline(percent: int) -> Markup:
    """The town with ``percent`` (0–100) of its windows lit. Decoration: the number is said in words beside it."""
    panes = _panes()
    lit = round(len(panes) * min(max(percent, 0), 100) / 100)
    body = (
        '<path class="sk-far" d="M0 128q70-52 150-38q60-46 150-14q110-58 216-6q90-40 190-6q96-56 204-8q80-34 150-2q70-28 140 16v90H0z"/>'
        + _PLANT
        + "".join(_house(x, w, h, roof) for x, w, h, _c, _r, roof in _HOUSES)
        + f'<path class="sk-dark" d="{"".join(panes[lit:])}"/>'
        + f'<path class="sk-lit" d="{"".join(panes[:lit])}"/>'
        + "".join(
            _birch(x, size)
            for x, size in ((40, 1.1), (64, 0.8), (404, 0.9), (806, 1.0), (972, 0.8), (1130, 1.1), (1160, 0.8))
        )
        + f'<path class="sk-snow" d="M0 {_BASE}q160-8 330 0t420 0t450 0v40H0z"/>'
        + f'<path class="sk-water" d="M0 {_BASE + 18}q200-10 420-2t400 2t380-8v{_HEIGHT - _BASE}H0z"/>'
        + f'<path class="sk-wave" d="M120 {_BASE + 28}h60M300 {_BASE + 32}h90M560 {_BASE + 27}h50M760 {_BASE + 33}h110M1010 {_BASE + 27}h70"/>'
    )
    return Markup(
        f'<svg class="skyline" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" preserveAspectRatio="xMidYMax slice" '
        f'aria-hidden="true" focusable="false">{body}</svg>'
    )
