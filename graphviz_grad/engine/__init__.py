"""The engine computes: the op table, its compiled rules, and the tensors that record what they do."""
