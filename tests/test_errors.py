"""Faults: the error or warning that torch gives, beginning with torch's own sentence.

Each case is done with torch and with this package, so that a new torch with new words is noticed.
"""

from __future__ import annotations

import math
import warnings

import pytest

import graphviz_grad as gg

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


# --- backward -------------------------------------------------------------------------------------


@case
def second_backward(t):
    x = t.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward()
    y.backward()


@case
def second_backward_through_a_shared_part(t):
    x = t.tensor(2.0, requires_grad=True)
    a = x * x
    (a + 1).backward()
    (a + 2).backward()


@case
def third_backward_after_a_refused_one(t):
    x = t.tensor(2.0, requires_grad=True)
    y = t.exp(x)
    y.backward()
    with pytest.raises(RuntimeError):
        y.backward()
    y.backward()


@case
def nothing_requires_grad(t):
    t.tensor(2.0).backward()


@case
def nothing_requires_grad_in_a_graph(t):
    (t.tensor(2.0) * 3).backward()


@case
def backward_in_no_grad(t):
    x = t.tensor(2.0, requires_grad=True)
    with t.no_grad():
        y = x * x
    y.backward()


@case
def backward_of_a_detached(t):
    t.tensor(2.0, requires_grad=True).detach().backward()


@case
def backward_of_a_comparison(t):
    (t.tensor(2.0, requires_grad=True) > 1).backward()


@case
def root_is_no_scalar(t):
    (t.tensor([1.0, 2.0], requires_grad=True) * 2).backward()


@case
def gradient_of_another_shape(t):
    (t.tensor(1.0, requires_grad=True) * 2).backward(t.tensor([1.0, 2.0]))


@case
def retain_grad_of_a_frozen_leaf(t):
    t.tensor(2.0).retain_grad()


# --- in place -------------------------------------------------------------------------------------


@case
def leaf_in_place(t):
    x = t.tensor(2.0, requires_grad=True)
    x += 1


@case
def leaf_in_place_by_a_method(t):
    t.tensor(2.0, requires_grad=True).mul_(2)


@case
def leaf_set_to_zero(t):
    t.tensor(2.0, requires_grad=True).zero_()


@case
def saved_operand_in_place(t):
    x = t.tensor(2.0, requires_grad=True)
    a = x * 2
    b = a * a
    a += 1
    b.backward()


@case
def saved_result_in_place(t):
    a = t.tensor(2.0, requires_grad=True).exp()
    a += 1
    a.backward()


@case
def saved_leaf_in_place(t):
    x = t.tensor(2.0, requires_grad=True)
    y = x * x
    with t.no_grad():
        x += 1
    y.backward()


@case
def saved_frozen_in_place(t):
    x, w = t.tensor(2.0, requires_grad=True), t.tensor(3.0)
    y = x * w
    w += 1
    y.backward()


@case
def multiplied_by_itself_in_place(t):
    a = t.tensor(2.0, requires_grad=True) * 2
    a *= a
    a.backward()


@case
def int_by_a_float_in_place(t):
    a = t.tensor(1)
    a += 1.5


@case
def int_divided_in_place(t):
    a = t.tensor(1)
    a /= 2


@case
def truth_value_by_an_int_in_place(t):
    a = t.tensor(True)  # noqa: FBT003 - torch's way
    a += 1


@case
def scalar_by_an_array_in_place(t):
    a = t.tensor(1.0)
    a += t.tensor([1.0, 2.0])


@case
def none_in_place(t):
    a = t.tensor(1.0)
    a -= None


# --- requires_grad and grad -----------------------------------------------------------------------


@case
def int_requires_grad(t):
    t.tensor(2, requires_grad=True)


@case
def truth_value_requires_grad(t):
    t.tensor(True, requires_grad=True)  # noqa: FBT003 - torch's way


@case
def int_requires_grad_later(t):
    t.tensor(2).requires_grad_()


@case
def int_requires_grad_by_assignment(t):
    t.tensor(2).requires_grad = True


@case
def result_requires_no_grad(t):
    (t.tensor(2.0, requires_grad=True) * 2).requires_grad_(False)  # noqa: FBT003 - torch's way


@case
def result_requires_no_grad_by_assignment(t):
    (t.tensor(2.0, requires_grad=True) * 2).requires_grad = False


@case
def grad_is_a_number(t):
    t.tensor(1.0, requires_grad=True).grad = 3.0


@case
def grad_of_another_shape(t):
    t.tensor(1.0, requires_grad=True).grad = t.tensor([1.0, 2.0])


@case
def grad_of_another_dtype(t):
    t.tensor(1.0, requires_grad=True).grad = t.tensor(1)


@case
def grad_is_the_tensor(t):
    x = t.tensor(1.0, requires_grad=True)
    x.grad = x


@case
def grad_before_any_pass(t):
    t.tensor(1.0, requires_grad=True).grad.zero_()


@case
def data_is_a_number(t):
    t.tensor(1.0).data = 3.0


# --- numbers out ----------------------------------------------------------------------------------


@case
def item_of_two(t):
    t.tensor([1.0, 2.0]).item()


@case
def item_of_none(t):
    t.tensor([]).item()


@case
def float_of_two(t):
    float(t.tensor([1.0, 2.0]))


@case
def int_of_nan(t):
    int(t.tensor(math.nan))


@case
def int_of_infinity(t):
    int(t.tensor(math.inf))


@case
def truth_of_two(t):
    bool(t.tensor([1.0, 2.0]))


@case
def truth_of_none(t):
    bool(t.tensor([]))


@case
def length_of_a_scalar(t):
    len(t.tensor(1.0))


@case
def items_of_a_scalar(t):
    list(t.tensor(1.0))


def test_items_of_what_requires_grad_are_refused_rather_than_losing_the_graph():
    with pytest.raises(RuntimeError, match=r"^iteration: a tensor that requires grad"):
        list(gg.tensor([1.0, 2.0], requires_grad=True))


@case
def index_of_a_float(t):
    [1, 2][t.tensor(1.0)]


@case
def numpy_of_a_leaf(t):
    t.tensor(1.0, requires_grad=True).numpy()


# --- functions ------------------------------------------------------------------------------------


@case
def function_of_a_number(t):
    t.exp(1.0)


@case
def function_of_nothing(t):
    t.sigmoid(None)


@case
def function_of_a_list(t):
    t.relu([1.0])


@case
def maximum_of_a_number(t):
    t.maximum(t.tensor(1.0), 2.0)


@case
def maximum_with_a_number_first(t):
    t.minimum(1.0, t.tensor(1.0))


@case
def maximum_as_a_method(t):
    t.tensor(1.0).maximum(2.0)


@case
def isclose_of_a_number(t):
    t.isclose(t.tensor(1.0), 1.0)


@case
def isclose_of_a_number_first(t):
    t.isclose(1.0, t.tensor(1.0))


@case
def isclose_of_dtypes(t):
    t.isclose(t.tensor(1.0), t.tensor(1))


@case
def isclose_within_less_than_nothing(t):
    t.isclose(t.tensor(1.0), t.tensor(1.0), rtol=-1)


@case
def isclose_within_less_than_nothing_at_all(t):
    t.isclose(t.tensor(1.0), t.tensor(1.0), atol=-1.0)


@case
def allclose_of_a_number(t):
    t.allclose(t.tensor(1.0), 1.0)


@case
def broadcast(t):
    t.tensor([1.0, 2.0]) * t.tensor([1.0, 2.0, 3.0])


@case
def broadcast_in_two_dimensions(t):
    t.tensor([[1.0], [2.0]]) + t.tensor([[1.0], [2.0], [3.0]])


@case
def int_to_a_negative_power(t):
    t.tensor(2) ** -1


@case
def one_minus_a_mask(t):
    x = t.tensor(1.0)
    1 - (x > 0)


@case
def minus_a_mask(t):
    -(t.tensor(1.0) > 0)


@case
def number_too_large(t):
    t.tensor(1.0) + 10**400


# --- operators with what is no number ---------------------------------------------------------------


@case
def plus_none(t):
    t.tensor(1.0) + None


@case
def none_plus(t):
    None + t.tensor(1.0)


@case
def times_text(t):
    t.tensor(1.0) * "a"


@case
def minus_a_list(t):
    t.tensor(1.0) - [1]


@case
def divided_by_a_dict(t):
    t.tensor(1.0) / {}


@case
def to_the_power_of_none(t):
    t.tensor(1.0) ** None


@case
def less_than_none(t):
    t.tensor(1.0) < None  # noqa: B015 - it raises


@case
def less_than_text(t):
    t.tensor(1.0) < "a"  # noqa: B015 - it raises


# --- tensor() ---------------------------------------------------------------------------------------


DATA = {
    "nothing": None,
    "text": "a",
    "bytes": b"a",
    "list of text": ["a"],
    "list of nothing": [None],
    "object": print,
    "dict": {},
    "uneven": [[1, 2], [3]],
    "uneven and deep": [[[1]], [[1, 2]]],
    "list beside a number": [1, [2]],
    "number beside a list": [[1], 2],
    "too large": 2**63,
    "too small": -(2**63) - 1,
    "list of too large": [2**64],
}

for _name, _data in DATA.items():
    CASES[f"tensor of {_name}"] = lambda t, data=_data: t.tensor(data)


@case
def tensor_of_another_dtype(t):
    t.tensor(1.0, dtype="float64")


@case
def deep_copy_of_a_result(t):
    from copy import deepcopy  # noqa: PLC0415 - used here only

    deepcopy(t.tensor(1.0, requires_grad=True) * 2)


@pytest.mark.parametrize("fault", CASES.values(), ids=CASES)
def test_the_error_begins_with_torchs_sentence(fault, torch):
    with pytest.raises(Exception) as theirs:  # noqa: PT011 - whatever torch raises
        fault(torch)
    with pytest.raises(theirs.type) as ours:
        fault(gg)
    sentence = str(theirs.value).partition("\n")[0].partition(". ")[0].rstrip(".")
    assert str(ours.value).startswith(sentence)


@pytest.mark.parametrize("fault", CASES.values(), ids=CASES)
def test_a_fault_leaves_no_internals_in_the_message(fault):
    with pytest.raises(Exception) as ours:  # noqa: PT011 - whatever torch raises
        fault(gg)
    for word in ("numpy.", "ufunc", "_recorded", "NotImplemented", "Record("):
        assert word not in str(ours.value)
    assert len(str(ours.value)) < 1000


# --- warnings ---------------------------------------------------------------------------------------


def warned(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    return [(each.category, str(each.message).partition(". ")[0], each.filename) for each in caught]


def inner_grad(t):
    return (t.tensor(1.0, requires_grad=True) * 2).grad


def tensor_of_a_tensor(t):
    t.tensor(t.tensor(1.0))


@pytest.mark.parametrize("fault", [inner_grad, tensor_of_a_tensor])
def test_the_warning_is_torchs_and_points_at_the_caller(fault, torch):
    (theirs,), (ours,) = warned(lambda: fault(torch)), warned(lambda: fault(gg))
    assert ours[:2] == theirs[:2]
    assert ours[2] == __file__


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


def test_float32_is_said_once():
    from graphviz_grad.engine import creation  # noqa: PLC0415 - used here only

    creation._said.clear()
    with pytest.warns(UserWarning, match="^dtype float32 is computed in float64"):
        x = gg.tensor(2, dtype=gg.float32)
    assert repr(x) == "tensor(2.)"
    assert warned(lambda: gg.tensor(2, dtype=gg.float32)) == []


# --- faults that torch does not have ------------------------------------------------------------------


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
