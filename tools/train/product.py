"""Matrix products in bfloat16, which recent CPUs compute more than twice as fast; sums and weights stay exact."""
import torch


class Product(torch.autograd.Function):
    """x times w transposed; inputs and gradients are rounded to bfloat16 for the products only."""

    @staticmethod
    def forward(ctx, x, w):
        """Keeps the rounded inputs for the way back."""
        x16, w16 = x.reshape(-1, x.shape[-1]).bfloat16(), w.bfloat16()
        ctx.save_for_backward(x16, w16)
        return (x16 @ w16.T).float().view(*x.shape[:-1], w.shape[0])

    @staticmethod
    def backward(ctx, grad):
        """Gradients of both."""
        x16, w16 = ctx.saved_tensors
        g16 = grad.reshape(-1, grad.shape[-1]).bfloat16()
        return (g16 @ w16).float().view(*grad.shape[:-1], w16.shape[1]), (g16.T @ x16).float()


def product(x, *weights, fast):
    """One product with several matrices that share their input."""
    w = weights[0] if len(weights) == 1 else torch.cat(weights)
    return Product.apply(x, w) if fast else torch.nn.functional.linear(x, w)
