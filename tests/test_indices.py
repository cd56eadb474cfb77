"""Random shapes and indices: what is read, what flows back, and what is put there, as torch has it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import graphviz_grad as gg

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@st.composite
def items(draw, size):
    """An item of an index that takes one dimension of this size, as a function of the library."""
    kind = draw(st.sampled_from(("int", "slice", "list", "tensor", "mask", "whole")))
    place = st.integers(-size, size - 1)
    if kind == "int":
        number = draw(place)
        return lambda _: number
    if kind == "slice":
        bound = st.none() | st.integers(-size - 1, size + 1)
        part = slice(draw(bound), draw(bound), draw(st.none() | st.integers(1, 3)))
        return lambda _: part
    if kind == "mask":
        truth = draw(st.lists(st.booleans(), min_size=size, max_size=size))
        return lambda t: t.tensor(truth)
    if kind == "whole":
        return lambda _: slice(None)
    places = draw(st.lists(place, min_size=3, max_size=3))
    return (lambda _: places) if kind == "list" else (lambda t: t.tensor(places))


@st.composite
def cases(draw):
    """A shape, and an index that mostly fits it."""
    shape = draw(shapes)
    count = draw(st.integers(0, len(shape)))
    index = [draw(items(size)) for size in shape[:count]]
    if draw(st.booleans()) and count:
        tail = [draw(items(size)) for size in shape[len(shape) - draw(st.integers(0, len(shape) - count)) :]]
        index = [*index, lambda _: ..., *tail]
    if draw(st.integers(0, 3)) == 0:
        index.insert(draw(st.integers(0, len(index))), lambda _: None)
    return shape, index


def read_and_put(t, shape, index):
    """Return what is read at an index, what flows back, and what is put there; or the fault."""
    numbers = np.sin(np.arange(np.prod(shape))).reshape(shape)
    x = t.tensor(numbers.tolist(), requires_grad=True)
    place = tuple(item(t) for item in index)
    try:
        taken = x[place]
        weights = t.tensor(np.cos(np.arange(taken.numel())).reshape(tuple(taken.shape)).tolist())
        if taken.numel():
            (taken * weights).sum().backward()
        changed = x * 2
        changed[place] = 0.5
        twice = changed.clone()
        twice[place] *= 3
    except (IndexError, ValueError, RuntimeError) as error:
        return type(error), str(error)[:24]
    grad = None if x.grad is None else x.grad.tolist()
    name = taken.grad_fn and taken.grad_fn.name()
    return name, taken.detach().tolist(), grad, changed.detach().tolist(), twice.detach().tolist()


@given(case=cases())
@settings(max_examples=400, deadline=None)
def test_as_torch(case, torch):
    shape, index = case
    ours, theirs = read_and_put(gg, shape, index), read_and_put(torch, shape, index)
    assert len(ours) == len(theirs)
    assert ours[:2] == theirs[:2]
    for one, other in zip(ours[2:], theirs[2:], strict=True):
        assert (one is None) is (other is None)
        assert one is None or np.allclose(one, other, rtol=1e-12, atol=1e-10)


@given(shape=shapes, data=st.data())
@settings(max_examples=150, deadline=None)
def test_shapes_as_torch(shape, data, torch):
    numbers = np.sin(np.arange(np.prod(shape))).reshape(shape)
    order = data.draw(st.permutations(range(len(shape))))
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    steps = (
        lambda x: x.permute(order),
        lambda x: x.flip(dim),
        lambda x: x.roll(2, dim),
        lambda x: x.transpose(0, dim),
        lambda x: x.unsqueeze(dim),
        lambda x: x.squeeze(),
        lambda x: x.reshape(-1),
        lambda x: x.expand(2, *x.shape),
        lambda x: x.repeat(*([2] * x.ndim)) if x.ndim else x.repeat(2),
        lambda x: x.movedim(0, -1) if x.ndim else x,
        lambda x: x.T if x.ndim == 2 else x.mT if x.ndim else x,
    )
    chosen = data.draw(st.lists(st.sampled_from(steps), min_size=1, max_size=4))
    found = []
    for t in (gg, torch):
        x = y = t.tensor(numbers.tolist(), requires_grad=True)
        try:
            for step in chosen:
                y = step(y)
            y = y * t.tensor(np.cos(np.arange(y.numel())).reshape(tuple(y.shape)).tolist())
            y.sum().backward()
            found.append((y.detach().tolist(), x.grad.tolist()))
        except (IndexError, RuntimeError) as error:
            found.append(str(error)[:40])
    assert isinstance(found[0], str) == isinstance(found[1], str)
    if isinstance(found[0], str):
        assert found[0] == found[1]
    else:
        assert all(np.allclose(*pair, rtol=1e-12, atol=1e-10) for pair in zip(*found, strict=True))
