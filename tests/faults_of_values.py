"""What users do wrong with numbers: one function each, of torch or of this package."""

from __future__ import annotations

import math

# --- numbers out ----------------------------------------------------------------------------------


def item_of_two(t):
    t.tensor([1.0, 2.0]).item()


def item_of_none(t):
    t.tensor([]).item()


def float_of_two(t):
    float(t.tensor([1.0, 2.0]))


def int_of_nan(t):
    int(t.tensor(math.nan))


def int_of_infinity(t):
    int(t.tensor(math.inf))


def truth_of_two(t):
    bool(t.tensor([1.0, 2.0]))


def truth_of_none(t):
    bool(t.tensor([]))


def length_of_a_scalar(t):
    len(t.tensor(1.0))


def items_of_a_scalar(t):
    list(t.tensor(1.0))


def index_of_a_float(t):
    [1, 2][t.tensor(1.0)]


def numpy_of_a_leaf(t):
    t.tensor(1.0, requires_grad=True).numpy()


def size_of_a_dimension_too_many(t):
    t.tensor([1.0]).size(1)


def to_a_gpu(t):
    t.tensor(1.0).to("cuda")


def cuda(t):
    t.tensor(1.0).cuda()


def to_no_device(t):
    t.tensor(1.0).to("foo")


def type_of_no_name(t):
    t.tensor(1.0).type("foo")


# --- functions ------------------------------------------------------------------------------------


def function_of_a_number(t):
    t.exp(1.0)


def function_of_nothing(t):
    t.sigmoid(None)


def function_of_a_list(t):
    t.relu([1.0])


def maximum_of_a_number(t):
    t.maximum(t.tensor(1.0), 2.0)


def maximum_with_a_number_first(t):
    t.minimum(1.0, t.tensor(1.0))


def maximum_as_a_method(t):
    t.tensor(1.0).maximum(2.0)


def isclose_of_a_number(t):
    t.isclose(t.tensor(1.0), 1.0)


def isclose_of_a_number_first(t):
    t.isclose(1.0, t.tensor(1.0))


def isclose_of_dtypes(t):
    t.isclose(t.tensor(1.0), t.tensor(1))


def isclose_within_less_than_nothing(t):
    t.isclose(t.tensor(1.0), t.tensor(1.0), rtol=-1)


def isclose_within_less_than_nothing_at_all(t):
    t.isclose(t.tensor(1.0), t.tensor(1.0), atol=-1.0)


def allclose_of_a_number(t):
    t.allclose(t.tensor(1.0), 1.0)


def broadcast(t):
    t.tensor([1.0, 2.0]) * t.tensor([1.0, 2.0, 3.0])


def broadcast_in_two_dimensions(t):
    t.tensor([[1.0], [2.0]]) + t.tensor([[1.0], [2.0], [3.0]])


def int_to_a_negative_power(t):
    t.tensor(2) ** -1


def one_minus_a_mask(t):
    x = t.tensor(1.0)
    1 - (x > 0)


def minus_a_mask(t):
    -(t.tensor(1.0) > 0)


def number_too_large(t):
    t.tensor(1.0) + 10**400


# --- operators with what is no number -------------------------------------------------------------


def plus_none(t):
    t.tensor(1.0) + None


def none_plus(t):
    None + t.tensor(1.0)


def times_text(t):
    t.tensor(1.0) * "a"


def minus_a_list(t):
    t.tensor(1.0) - [1]


def divided_by_a_dict(t):
    t.tensor(1.0) / {}


def to_the_power_of_none(t):
    t.tensor(1.0) ** None


def less_than_none(t):
    t.tensor(1.0) < None  # noqa: B015 - it raises


def less_than_text(t):
    t.tensor(1.0) < "a"  # noqa: B015 - it raises


# --- tensor() -------------------------------------------------------------------------------------


def tensor_of_another_dtype(t):
    t.tensor(1.0, dtype="float64")


def deep_copy_of_a_result(t):
    from copy import deepcopy  # noqa: PLC0415 - used here only

    deepcopy(t.tensor(1.0, requires_grad=True) * 2)


#: What cannot be a tensor.
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
