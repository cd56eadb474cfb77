"""Reading a painted SVG again: its parts by name, as the page finds them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.w3.org/2000/svg}"


def parse(svg: str) -> ET.Element:
    """The SVG as a tree; it is ours, and small."""
    return ET.fromstring(svg)  # noqa: S314


PARTS = ("tag", "bar", "fork", "stored", "backward", "head", "product")
"""What changes too, and is found by its class in the group of its node or edge."""


def slots(svg: str) -> dict[str, str]:
    """What every part that can change says or looks like, by its name; tooltips aside."""
    said = {}
    for group in parse(svg).iter(f"{NAMESPACE}g"):
        if node := group.get("data-node"):
            said[node] = " | ".join(group.get(name, "") for name in ("data-name", "data-state", "aria-label"))
        elif edge := group.get("data-edge"):
            said[edge] = group.get("data-state", "")
        for element in group if node or edge else ():
            kind = element.get("class", "").split(" ")[0].removeprefix("gg-")
            name = element.get("data-slot") or (f"{node or edge}.{kind}" if kind in PARTS else None)
            if name is None:
                continue
            if element.tag == f"{NAMESPACE}text":
                said[name] = "".join(element.itertext())
            elif kind == "bar":
                said[name] = f"x {element.get('x')} width {element.get('width')}"
            elif kind == "backward":
                said[name] = f"stroke-width {element.get('stroke-width')}"
            else:
                said[name] = element.get("transform", "").rpartition(" scale")[2]
    return said
