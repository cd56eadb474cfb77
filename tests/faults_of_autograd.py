"""What users do wrong with gradients: one function each, of torch or of this package."""

from __future__ import annotations

import pytest

# --- backward -------------------------------------------------------------------------------------


def second_backward(t):
    x = t.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward()
    y.backward()


def backward_of_frozen_numbers(t):
    t.tensor([1.0, 2.0]).backward()


def second_backward_through_a_shared_part(t):
    x = t.tensor(2.0, requires_grad=True)
    a = x * x
    (a + 1).backward()
    (a + 2).backward()


def third_backward_after_a_refused_one(t):
    x = t.tensor(2.0, requires_grad=True)
    y = t.exp(x)
    y.backward()
    with pytest.raises(RuntimeError):
        y.backward()
    y.backward()


def nothing_requires_grad(t):
    t.tensor(2.0).backward()


def nothing_requires_grad_in_a_graph(t):
    (t.tensor(2.0) * 3).backward()


def backward_in_no_grad(t):
    x = t.tensor(2.0, requires_grad=True)
    with t.no_grad():
        y = x * x
    y.backward()


def backward_of_a_detached(t):
    t.tensor(2.0, requires_grad=True).detach().backward()


def backward_of_a_comparison(t):
    (t.tensor(2.0, requires_grad=True) > 1).backward()


def root_is_no_scalar(t):
    (t.tensor([1.0, 2.0], requires_grad=True) * 2).backward()


def gradient_of_another_shape(t):
    (t.tensor(1.0, requires_grad=True) * 2).backward(t.tensor([1.0, 2.0]))


def retain_grad_of_a_frozen_leaf(t):
    t.tensor(2.0).retain_grad()


# --- in place -------------------------------------------------------------------------------------


def leaf_in_place(t):
    x = t.tensor(2.0, requires_grad=True)
    x += 1


def leaf_in_place_by_a_method(t):
    t.tensor(2.0, requires_grad=True).mul_(2)


def leaf_set_to_zero(t):
    t.tensor(2.0, requires_grad=True).zero_()


def saved_operand_in_place(t):
    x = t.tensor(2.0, requires_grad=True)
    a = x * 2
    b = a * a
    a += 1
    b.backward()


def saved_result_in_place(t):
    a = t.tensor(2.0, requires_grad=True).exp()
    a += 1
    a.backward()


def saved_leaf_in_place(t):
    x = t.tensor(2.0, requires_grad=True)
    y = x * x
    with t.no_grad():
        x += 1
    y.backward()


def saved_frozen_in_place(t):
    x, w = t.tensor(2.0, requires_grad=True), t.tensor(3.0)
    y = x * w
    w += 1
    y.backward()


def multiplied_by_itself_in_place(t):
    a = t.tensor(2.0, requires_grad=True) * 2
    a *= a
    a.backward()


def int_by_a_float_in_place(t):
    a = t.tensor(1)
    a += 1.5


def int_divided_in_place(t):
    a = t.tensor(1)
    a /= 2


def truth_value_by_an_int_in_place(t):
    a = t.tensor(True)  # noqa: FBT003 - torch's way
    a += 1


def scalar_by_an_array_in_place(t):
    a = t.tensor(1.0)
    a += t.tensor([1.0, 2.0])


def none_in_place(t):
    a = t.tensor(1.0)
    a -= None


# --- requires_grad and grad -----------------------------------------------------------------------


def int_requires_grad(t):
    t.tensor(2, requires_grad=True)


def truth_value_requires_grad(t):
    t.tensor(True, requires_grad=True)  # noqa: FBT003 - torch's way


def int_requires_grad_later(t):
    t.tensor(2).requires_grad_()


def int_requires_grad_by_assignment(t):
    t.tensor(2).requires_grad = True


def result_requires_no_grad(t):
    (t.tensor(2.0, requires_grad=True) * 2).requires_grad_(False)  # noqa: FBT003 - torch's way


def result_requires_no_grad_by_assignment(t):
    (t.tensor(2.0, requires_grad=True) * 2).requires_grad = False


def grad_is_a_number(t):
    t.tensor(1.0, requires_grad=True).grad = 3.0


def grad_of_another_shape(t):
    t.tensor(1.0, requires_grad=True).grad = t.tensor([1.0, 2.0])


def grad_of_another_dtype(t):
    t.tensor(1.0, requires_grad=True).grad = t.tensor(1)


def grad_is_the_tensor(t):
    x = t.tensor(1.0, requires_grad=True)
    x.grad = x


def grad_before_any_pass(t):
    t.tensor(1.0, requires_grad=True).grad.zero_()


def data_is_a_number(t):
    t.tensor(1.0).data = 3.0
