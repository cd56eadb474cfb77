"""Faults: the error or warning that torch gives, beginning with torch's own sentence.

Each fault is committed with torch and with this package, so that a new torch with new words is noticed.
"""

from __future__ import annotations

import inspect
import math
import warnings

import faults_of_autograd
import faults_of_creation
import faults_of_values
import pytest

import graphviz_grad as gg
from graphviz_grad.engine import notice

FAULTS = {
    name: fault
    for module in (faults_of_autograd, faults_of_creation, faults_of_values)
    for name, fault in inspect.getmembers(module, inspect.isfunction)
} | {f"tensor of {name}": lambda t, data=data: t.tensor(data) for name, data in faults_of_values.DATA.items()}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_error_begins_with_torchs_sentence(fault, torch):
    with pytest.raises(Exception) as theirs:  # noqa: PT011 - whatever torch raises
        fault(torch)
    with pytest.raises(theirs.type) as ours:
        fault(gg)
    sentence = str(theirs.value).partition("\n")[0].partition(". ")[0].rstrip(".")
    assert str(ours.value).startswith(sentence)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_leaves_no_internals_in_the_message(fault):
    with pytest.raises(Exception) as ours:  # noqa: PT011 - whatever torch raises
        fault(gg)
    for word in ("numpy.", "ufunc", "_recorded", "NotImplemented", "Record("):
        assert word not in str(ours.value)
    assert len(str(ours.value)) < 1000


# --- warnings -------------------------------------------------------------------------------------


def warned(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    return [
        (each.category, str(each.message).partition(". ")[0].rstrip("."), each.filename) for each in caught
    ]


def inner_grad(t):
    return (t.tensor(1.0, requires_grad=True) * 2).grad


def tensor_of_a_tensor(t):
    t.tensor(t.tensor(1.0))


@pytest.mark.parametrize("fault", [inner_grad, tensor_of_a_tensor])
def test_the_warning_is_torchs_and_points_at_the_caller(fault, torch):
    (theirs,), (ours,) = warned(lambda: fault(torch)), warned(lambda: fault(gg))
    assert ours[:2] == theirs[:2]
    assert ours[2] == __file__


@pytest.mark.parametrize(
    "number",
    [
        float,
        complex,
        math.exp,
        lambda x: "%f" % x,  # noqa: UP031 - what asks for a float
        int,
        bool,
        lambda x: x.item(),
    ],
    ids=["float", "complex", "exp", "%f", "int", "bool", "item"],
)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_a_tensor_that_requires_grad_as_a_number(number, requires_grad, torch, monkeypatch):
    monkeypatch.setattr(notice, "_given", set())
    torch.set_warn_always(True)  # as if for the first time
    try:
        theirs = warned(lambda: number(torch.tensor(0.5, requires_grad=requires_grad)))
    finally:
        torch.set_warn_always(False)
    x = gg.tensor(0.5, requires_grad=requires_grad)
    assert warned(lambda: number(x)) == theirs
    assert warned(lambda: number(x)) == []


def test_no_warning_where_torch_gives_none(torch):
    def quiet(t):
        x = t.tensor(2.0, requires_grad=True)
        a = x * x
        a.retain_grad()
        (a + 1).backward()
        assert a.grad is not None
        assert (x.detach() * 2).grad is None
        with t.no_grad():
            assert (x * 2).grad is None
        str(a), repr(x), a.item()

    assert warned(lambda: quiet(torch)) == warned(lambda: quiet(gg)) == []


@pytest.mark.parametrize(("narrow", "wide"), [("float32", "float64"), ("int32", "int64")])
def test_a_narrow_dtype_is_said_once(narrow, wide, monkeypatch):
    monkeypatch.setattr(notice, "_given", set())
    with pytest.warns(UserWarning, match=f"^dtype {narrow} is computed in {wide}") as caught:
        x = gg.tensor(2, dtype=getattr(gg, narrow))
    assert caught[0].filename == __file__
    assert x.dtype is getattr(gg, wide)
    assert warned(lambda: gg.zeros(2, dtype=getattr(gg, narrow))) == []


@pytest.mark.parametrize(
    "cause",
    [
        lambda: gg.tensor([1.0]).var(),
        lambda: gg.var(gg.tensor([[1.0]]), axis=1),
        lambda: gg.tensor(gg.tensor(1.0)),
        lambda: (gg.tensor(1.0, requires_grad=True) * 2).grad,
        lambda: gg.meshgrid(gg.arange(2)),
        lambda: gg.nn.functional.softmax(gg.tensor([1.0])),
        lambda: gg.nn.Softmax()(gg.tensor([1.0])),
        lambda: gg.nn.MSELoss()(gg.zeros(2), gg.zeros(1)),
        lambda: gg.nn.init.kaiming_uniform_(gg.zeros(0, 2)),
        lambda: gg.optim.SGD([gg.nn.Parameter(gg.zeros(1))] * 2, lr=0.1),
    ],
)
def test_a_warning_names_the_line_of_the_users(cause):
    with pytest.warns(UserWarning, match=".") as found:
        cause()
    assert [warning.filename for warning in found] == [__file__]


# --- faults that torch does not have --------------------------------------------------------------


def test_a_name_is_text():
    with pytest.raises(TypeError, match=r"^name: 3 \(must be a str or None\)"):
        gg.tensor(2.0, name=3)


def test_complex_numbers_are_refused():
    with pytest.raises(TypeError, match="unsupported operand"):
        gg.tensor(2.0) + 1j
    with pytest.raises(RuntimeError, match=r"^Could not infer dtype of complex"):
        gg.tensor(1j)


def test_numpy_functions_are_refused_rather_than_losing_the_graph():
    import numpy as np  # noqa: PLC0415 - used here only

    with pytest.raises(TypeError, match="does not support ufuncs"):
        np.sin(gg.tensor(1.0, requires_grad=True))
    with pytest.raises(RuntimeError, match=r"^Can't call numpy\(\) on Tensor that requires grad"):
        np.asarray(gg.tensor(1.0, requires_grad=True))


def test_gradients_are_tensors():
    y = gg.tensor(1.0, requires_grad=True) * 2
    with pytest.raises(TypeError, match=r"^gradients can be either Tensors or None, but got float: 3.0"):
        y.backward(3.0)
