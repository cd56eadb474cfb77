"""Reading a painted SVG again: its parts by name, as the page finds them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.w3.org/2000/svg}"


def parse(svg: str) -> ET.Element:
    """The SVG as a tree; it is ours, and small."""
    return ET.fromstring(svg)  # noqa: S314


def slots(svg: str) -> dict[str, str]:
    """What every part that can change says or looks like, by its name; tooltips aside."""
    said = {}
    for element in parse(svg).iter():
        kind = element.tag.removeprefix(NAMESPACE)
        if "data-node" in element.attrib:
            said[element.get("data-node")] = " | ".join(
                element.get(name, "") for name in ("data-name", "data-state", "aria-label")
            )
        elif "data-edge" in element.attrib:
            said[element.get("data-edge")] = element.get("data-state", "")
        name = element.get("data-slot")
        if name is None or kind == "title":
            continue
        if kind == "text":
            said[name] = "".join(element.itertext())
        elif kind == "rect":
            said[name] = f"x {element.get('x')} width {element.get('width')}"
        elif name.endswith(".backward"):
            said[name] = f"stroke-width {element.get('stroke-width')}"
        elif name.endswith(".head"):
            said[name] = element.get("transform", "").rpartition(" scale")[2]
    return said
