"""What users do wrong when they make tensors: one function each, of torch or of this package."""

from __future__ import annotations

import math


def zeros_of_nothing(t):
    t.zeros()


def zeros_of_a_float(t):
    t.zeros(2.5)


def zeros_of_a_float_after_an_int(t):
    t.zeros(2, 2.5)


def zeros_of_text(t):
    t.zeros("a")


def zeros_of_a_truth_value(t):
    t.zeros(True)  # noqa: FBT003 - the fault


def zeros_of_a_tensor(t):
    t.zeros(t.tensor([2, 3]))


def zeros_of_two_shapes(t):
    t.zeros((2,), 3)


def zeros_of_less_than_nothing(t):
    t.zeros(2, -3)


def zeros_of_an_int_as_keyword(t):
    t.zeros(size=2)


def zeros_of_a_dtype_in_words(t):
    t.zeros(2, dtype="float64")


def zeros_that_require_an_int(t):
    t.zeros(2, requires_grad=1)


def int_zeros_that_require_grad(t):
    t.zeros(2, dtype=t.int64, requires_grad=True)


def zeros_on_a_gpu(t):
    t.zeros(2, device="cuda")


def zeros_on_no_device(t):
    t.zeros(2, device="cpux")


def zeros_with_a_keyword_of_their_own(t):
    t.zeros(2, foo=1)


def zeros_like_a_list(t):
    t.zeros_like([1, 2])


def full_of_an_int(t):
    t.full(2, 3)


def full_of_text(t):
    t.full((2,), "a")


def ones_of_less_than_nothing(t):
    t.ones(-1)


def arange_away_from_its_end(t):
    t.arange(5, 1)


def arange_below_nothing(t):
    t.arange(-3)


def arange_in_steps_of_zero(t):
    t.arange(1, 5, 0)


def arange_in_steps_of_nan(t):
    t.arange(0, 1, math.nan)


def arange_to_infinity(t):
    t.arange(0, math.inf)


def arange_of_text(t):
    t.arange("a")


def int_arange_that_requires_grad(t):
    t.arange(3, requires_grad=True)


def linspace_of_less_than_nothing(t):
    t.linspace(0, 1, -1)


def eye_of_less_than_nothing(t):
    t.eye(-1)


def eye_of_a_float(t):
    t.eye(2.0)


def from_numpy_of_a_list(t):
    t.from_numpy([1, 2])


def default_dtype_of_ints(t):
    t.set_default_dtype(t.int64)


def default_dtype_in_words(t):
    t.set_default_dtype("float64")


def no_such_device(t):
    t.device("foo")


# --- random numbers -------------------------------------------------------------------------------


def rand_of_less_than_nothing(t):
    t.rand(2, -1)


def rand_of_a_float(t):
    t.rand(2.0)


def rand_of_ints(t):
    t.rand(2, dtype=t.int64)


def randn_of_ints(t):
    t.randn(2, dtype=t.int64)


def rand_like_ints(t):
    t.rand_like(t.tensor([1, 2]))


def randint_of_none(t):
    t.randint(5, 5, (2,))


def randint_below_nothing(t):
    t.randint(0, (2,))


def randint_without_a_shape(t):
    t.randint(5)


def randint_too_large(t):
    t.randint(0, 2**63, (2,))


def randperm_of_less_than_nothing(t):
    t.randperm(-1)


def randperm_of_a_float(t):
    t.randperm(5.0)


def seed_too_large(t):
    t.manual_seed(2**64)


def seed_in_words(t):
    t.manual_seed("a")


def uniform_between_wrong_bounds(t):
    t.ones(2).uniform_(2, 1)


def uniform_ints(t):
    t.tensor([1, 2]).uniform_()


def normal_ints(t):
    t.tensor([1, 2]).normal_()


def normal_in_a_leaf(t):
    t.ones(2, requires_grad=True).normal_()


def normal_of_less_than_no_spread(t):
    t.ones(2).normal_(0, -1)


def normal_of_spreads_below_nothing(t):
    t.normal(t.zeros(2), -t.ones(2))


def normal_of_two_shapes(t):
    t.normal(t.zeros(2), t.ones(3))


def exponential_of_less_than_nothing(t):
    t.ones(2).exponential_(-1)


def bernoulli_of_what_is_no_probability(t):
    t.bernoulli(t.tensor([1.5]))


def bernoulli_of_ints(t):
    t.bernoulli(t.tensor([1, 0]))


def multinomial_of_too_many(t):
    t.multinomial(t.tensor([1.0, 2.0]), 3)


def multinomial_of_no_samples(t):
    t.multinomial(t.tensor([1.0, 2.0]), 0)


def multinomial_of_a_weight_below_nothing(t):
    t.multinomial(t.tensor([1.0, -2.0]), 1)


def multinomial_of_no_weights(t):
    t.multinomial(t.tensor([0.0, 0.0]), 1)


def multinomial_of_ints(t):
    t.multinomial(t.tensor([1, 2]), 1)


def multinomial_of_a_number(t):
    t.multinomial(t.tensor(1.0), 1)
