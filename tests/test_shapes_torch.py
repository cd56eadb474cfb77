"""Shapes, indices, parts and choices: torch's text, numbers, gradients and errors, line by line."""

from __future__ import annotations

import pytest
from both import check

SHAPES = """
x.reshape(3, 2)
x.reshape((3, -1))
x.reshape([6])
x.T.reshape(6)
x.T.reshape(3, 2)
x.reshape(2, 3)
s.reshape(1, 1)
x.reshape(4)
x.reshape(-1, 4)
x.reshape(-1, -1)
x.reshape(2, -3)
empty.reshape(0, 3)
empty.reshape(-1, 0)
x.reshape('a')
x.reshape(2.5)
t.reshape(x, (3, 2))
t.reshape(2.0, (1,))
x.view(-1)
x.view(1, 2, 3)
x.view(5)
x.T.view(-1)
x.T.view(3, 2)
x[:, :2].view(4)
x[:, 0].view(2, 1)
x.view_as(y)
x.view_as(3)
x.reshape_as(y)
x.flatten()
v.flatten()
s.flatten()
x.T.flatten()
b.flatten(1)
b.flatten(0, 1)
b.flatten(1, 0)
b.flatten(3)
t.flatten(b, start_dim=1)
b.ravel()
t.ravel(x)
x.unflatten(1, (3, 1))
v.unflatten(0, (-1, 1))
v.unflatten(0, (2, 2))
t.unflatten(x, 1, (1, 3))
x[:1].squeeze()
x[:1].squeeze(0)
x.squeeze(0)
x[:1].squeeze((0, 1))
s.squeeze()
s.squeeze(0)
x.squeeze(4)
t.squeeze(x[:, :1])
t.squeeze(x[:, :1], 1)
x.unsqueeze(0)
x.unsqueeze(-1)
s.unsqueeze(0)
x.unsqueeze(4)
t.unsqueeze(v, 1)
x.permute(1, 0)
b.permute(2, 0, 1)
b.permute((0, -1, 1))
s.permute(())
x.permute(0)
x.permute(0, 0)
x.permute(0, 2)
t.permute(b, (1, 2, 0))
x.transpose(0, 1)
b.transpose(-1, 0)
s.transpose(0, -1)
x.transpose(0, 3)
t.transpose(x, 0, 1)
x.T
v.T
s.T
x.T.T
x.mT
b.mT
v.mT
x.t()
v.t()
s.t()
b.t()
t.t(x)
x.swapaxes(0, 1)
t.swapaxes(x, 0, 1)
t.swapdims(x, 0, 1)
b.movedim(0, 2)
b.movedim((0, 1), (1, 0))
b.movedim(0, 5)
t.movedim(b, 2, 0)
v.expand(2, 3)
x.expand(2, 2, 3)
x[:, :1].expand(-1, 4)
s.expand(2, 3)
x.expand(3)
x.expand(3, 3)
v.expand(-1, 3)
v.expand_as(x)
v.expand_as(3)
t.broadcast_to(v, (2, 3))
v.broadcast_to((2, 3))
x.repeat(2, 1)
x.repeat((1, 2, 2))
s.repeat(3)
x.repeat(2)
v.repeat(0)
x.tile(2)
x.tile((2, 1, 2))
t.tile(v, (2,))
x.flip(0)
x.flip((0, 1))
x.flip(0, -1)
x.flip(3)
x.flip('a')
t.flip(b, (2,))
x.roll(1)
x.roll(-2, 1)
x.roll((1, 2), (0, 1))
x.roll((1, 2), (0,))
x.roll(1, 4)
t.roll(v, 1)
x.tril()
x.triu()
q.tril(-1)
b.triu(1)
zeros.tril()
hostile.tril()
v.tril()
x.tril(1.5)
t.tril(x)
t.triu(x, diagonal=1)
q.diag()
v.diag()
v.diag(1)
x.diag(-1)
s.diag()
b.diag()
x.diag(7)
t.diag(v, -1)
x.diagonal()
x.diagonal(1)
b.diagonal(0, 1, 2)
b.diagonal(dim1=0, dim2=2)
b.diagonal(0, 1, 1)
v.diagonal()
t.diagonal(x)
x.T.contiguous()
x.T.contiguous().view(-1)
x.contiguous() * 2
"""

PARTS = """
t.stack([x, x])
t.stack((v, u), 1)
t.stack([v, u], dim=-1)
t.stack([s, s, s])
t.stack([i, i])
t.stack([i, v])
t.stack([x, v])
t.stack([])
t.stack([v, 1])
t.stack(v)
t.stack([v, u], dim=5)
t.cat([x, x])
t.cat((x, q), dim=1)
t.cat([x, x * 2, x], -1)
t.cat([v])
t.cat([v, empty])
t.cat([empty])
t.cat([v, i])
t.cat([m, m])
t.cat([x, v])
t.cat([x, y])
t.cat([x, q])
t.cat([s, s])
t.cat([])
t.cat(x)
t.cat([x, 1])
t.cat([x, x], dim=5)
t.concat([v, u])
t.concatenate([v, u])
t.hstack([x, q])
t.hstack([v, u])
t.hstack([s, s])
t.vstack([x, x])
t.vstack([v, u])
t.vstack([s, s])
x.chunk(2)
x.chunk(2, dim=1)
v.chunk(2)
v.chunk(5)
v.chunk(0)
s.chunk(2)
t.chunk(x, 3, 1)
x.split(1)
x.split(2, dim=1)
v.split([1, 2])
x.split((2, 1), dim=-1)
v.split([1, 1])
v.split(0)
s.split(1)
empty.split(2)
t.split(v, 2)
t.split(v, [2, 1])
x.unbind()
x.unbind(1)
x.unbind(-1)
s.unbind()
x.unbind(5)
t.unbind(v)
list(x)
list(v)
list(s)
[*b]
[row * 2 for row in x]
"""

CHOICES = """
t.where(m, x, zeros[:2])
t.where(m, x, 0.0)
t.where(m, 1.0, x)
t.where(m, x, 1)
t.where(m, s, x)
t.where(x > 0, x, -x)
t.where(m, 1.0, 2.0)
t.where(m, 1, 2)
t.where(m, i, 2.5)
t.where(m, 1, 2.5)
t.where(v > 0, x, v)
t.where(hostile > 0, hostile, 0.0)
t.where(zeros == 0, 0.0, 1 / zeros)
t.where(m, v[:2], 0.0)
t.where(x, x, x)
t.where(i, 1.0, 2.0)
t.where([True], x, x)
t.where(m, x, 'a')
x.where(m, 0.0)
x.where(x > 0, x * 0.1)
x.masked_fill(m, 9.0)
x.masked_fill(m, -inf)
x.masked_fill(m, s)
x.masked_fill(m[0], 1)
i.masked_fill(i > 1, 7)
i.masked_fill(i > 1, 1.5)
x.masked_fill(x, 1.0)
x.masked_fill(m, v)
t.masked_fill(x, m, 2.0)
x.masked_select(m)
x.masked_select(m[1])
t.masked_select(x, x > 0)
x.clamp(0, 1)
x.clamp(min=0)
x.clamp(max=0.75)
x.clamp(-1.5, 3.0)
x.clamp(3, 1)
x.clamp(min=v)
x.clamp(max=v)
x.clamp(v, u)
x.clamp(u, v)
ties.clamp(min=ties[0])
x.clamp(min=s)
x.clip(0, 1)
x.clamp_min(0.5)
x.clamp_max(0.5)
x.clamp_min(v)
x.clamp_max(v)
s.clamp(0, 1)
s.clamp(min=2)
s.clamp(max=s)
i.clamp(2, 3)
i.clamp(min=1.5)
hostile.clamp(0, 1)
hostile.clamp(min=0.0)
hostile.clamp(max=-0.0)
hostile.clamp(-inf, inf)
hostile.clamp(nan, 1)
zeros.clamp(min=zeros.detach())
x.clamp()
t.clamp(x, 0, 1)
t.clamp(x, min=0.5)
t.clip(x, max=0.5)
t.clamp_min(x, 0.0)
t.clamp_max(x, 0.0)
x.gather(1, t.tensor([[0, 0], [2, 1]]))
x.gather(0, t.tensor([[1, 0, 1]]))
x.gather(-1, t.tensor([[2], [0]]))
v.gather(0, t.tensor([2, 2, 2, 0]))
x.gather(1, t.tensor([1]))
x.gather(1, t.tensor([[7]]))
x.gather(1, t.tensor([[-1]]))
x.gather(1, t.tensor([[0], [0], [0]]))
x.gather(0, x)
x.gather(0, 1)
t.gather(x, 1, t.tensor([[0], [1]]))
x.scatter_add(1, t.tensor([[0, 0], [2, 1]]), q)
v.scatter_add(0, t.tensor([1, 1, 1]), u)
x.index_select(0, t.tensor([1, 1, 0]))
x.index_select(1, t.tensor([2]))
t.index_select(x, -1, t.tensor([0, 2]))
x.index_select(0, t.tensor([7]))
x.index_select(0, t.tensor([[0]]))
x.select(0, 1)
x.select(-1, -1)
t.select(x, 1, 0)
x.narrow(1, 0, 2)
x.narrow(1, 2, 2)
t.narrow(v, 0, 1, 1)
"""

INDICES = """
[0]
[-1]
[1, 2]
[-1, -2]
[0, ...]
[..., 0]
[...]
[()]
[:]
[:, :]
[:, 0]
[0, :]
[1:]
[:-1]
[:, 1:]
[:, ::2]
[0, 1:]
[1:, 0]
[0:0]
[5:]
[-7:2]
[None]
[:, None]
[0, None]
[None, 0]
[..., None]
[None, ..., 1]
[[0, 1]]
[[1, 1, 0]]
[[0, 1],[2, 1]]
[:, [0, 2]]
[0, [0, 2]]
[[1, 0], 0]
[[1, 0], 1:]
[[-1], ...]
[[[0, 1],[1, 1]]]
[[[0, 1],[1, 1]],]
[range(2)]
[t.tensor([0, 1])]
[t.tensor(1)]
[t.tensor([[0, 1]])]
[0, t.tensor([2, 0])]
[i[1]]
[m]
[x>0]
[m[:,0]]
[:, m[0]]
[m[0,0]]
[True]
[False]
[:, True]
[[True, False]]
[1, [True, False, True]]
[[]]
[:, []]
[None, [0, 1]]
[[0, 1], None]
[:, None, [0, 2]]
[t.tensor([1, 0]), t.tensor([[0],[2]])]
[5]
[0, 5]
[-3]
[0, 0, 0]
[..., 0, 0, 0]
[0.5]
['a']
[::-1]
[::0]
[t.tensor([5])]
[[0, 5]]
[:, t.tensor([-9])]
[t.tensor([0.5])]
[t.tensor([True, False, True])]
[:, t.tensor([True, False])]
[[0, 1],[0, 1, 2]]
[:1.5]
[s]
[t.tensor(0):t.tensor(2)]
[None, 'a']
"""


def indices():
    for index in INDICES.strip().splitlines():
        yield f"x{index}"
    for index in ("[0]", "[1:]", "[[2, 0]]", "[u > 0]", "[None]", "[-4]", "[0, 0]", "[:, 0]", "[...]"):
        yield f"v{index}"
    for index in ("[()]", "[...]", "[None]", "[0]", "[[0]]", "[True]", "[:]", "[s > 0]"):
        yield f"s{index}"
    for index in (
        "[0, :, [1, 0]]",
        "[[1, 0], :, [0, 1]]",
        "[:, 1, [0, 0]]",
        "[..., [1], 0]",
        "[0][1][0]",
        "[0, ..., 1]",
    ):
        yield f"b{index}"
    yield from ("i[0]", "i[[0, 0]]", "m[0]", "m[:, 1:]", "empty[:1]", "empty[0]")


LINES = [*SHAPES.strip().splitlines(), *PARTS.strip().splitlines(), *CHOICES.strip().splitlines(), *indices()]


@pytest.mark.parametrize("text", dict.fromkeys(LINES))
def test_as_torch(text, torch):
    check(torch, text)
