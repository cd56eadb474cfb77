"""Methods of tensors by family, each a base of `graphviz_grad.engine.tensor.Tensor`.

What a method computes stands in the op table: it checks its arguments in torch's words and calls `apply`.
"""
