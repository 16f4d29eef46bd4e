"""Muon for the matrices inside the layers, AdamW for the rest."""
import torch


def orthogonalize(matrix, fast, rounds=5):
    """Newton-Schulz iteration: moves all singular values near one."""
    x = (matrix / (matrix.norm() + 1e-7)).to(torch.bfloat16 if fast else torch.float32)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(rounds):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return (x.T if tall else x).float()


class Muon:
    """Momentum whose direction is made orthogonal, so that rare directions learn as fast as common ones."""

    def __init__(self, rate, fast, momentum=0.95, decay=0.05):
        self.fast, self.rate, self.momentum, self.decay, self.memory = fast, rate, momentum, decay, {}

    def step(self, name, p, grad, scale):
        """Updates one matrix; scale follows the schedule."""
        m = self.memory.setdefault(name, torch.zeros_like(p))
        m.lerp_(grad, 1 - self.momentum)
        update = orthogonalize(grad.lerp(m, self.momentum), self.fast)
        rate = self.rate * scale
        p.mul_(1 - rate * self.decay).add_(update, alpha=-rate * max(1.0, p.shape[0] / p.shape[1]) ** 0.5)


class AdamW:
    """The usual one, for the embedding and the norms."""

    def __init__(self, rate, betas=(0.9, 0.98), decay=0.01):
        self.rate, self.betas, self.decay, self.memory = rate, betas, decay, {}

    def step(self, name, p, grad, scale):
        """Updates one tensor; norms are not decayed."""
        m, v, t = self.memory.get(name, (torch.zeros_like(p), torch.zeros_like(p), 0))
        self.memory[name] = (m, v, t + 1)
        m.lerp_(grad, 1 - self.betas[0])
        v.lerp_(grad * grad, 1 - self.betas[1])
        rate = self.rate * scale
        if p.dim() > 1:
            p.mul_(1 - rate * self.decay)
        m_hat, v_hat = m / (1 - self.betas[0] ** (t + 1)), v / (1 - self.betas[1] ** (t + 1))
        p.add_(m_hat / (v_hat.sqrt() + 1e-9), alpha=-rate)
