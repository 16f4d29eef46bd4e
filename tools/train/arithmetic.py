"""The worked form of sums and differences: digit by digit from the right, then the result."""


def add_steps(a, b):
    """Column sums with their carry, units first."""
    steps, carry = [], 0
    while a or b or not steps:
        x, y = a % 10, b % 10
        total = x + y + carry
        steps.append(f"{x}+{y}" + (f"+{carry}" if carry else "") + f"={total}")
        a, b, carry = a // 10, b // 10, total // 10
    return steps


def subtract_steps(a, b):
    """Column differences; a column that would go below zero borrows ten, which the next one pays back."""
    steps, borrow = [], 0
    while a or b or not steps:
        x, y = a % 10, b % 10
        lend = 10 if x - borrow < y else 0
        steps.append(f"{x + lend}" + (f"-{borrow}" if borrow else "") + f"-{y}={x + lend - borrow - y}")
        a, b, borrow = a // 10, b // 10, 1 if lend else 0
    return steps


def worked(kind, a, b):
    """The whole reply, for example "27 + 48: 7+8=15, 2+4+1=7, so 27 + 48 = 75."."""
    sign, steps, result = ("+", add_steps(a, b), a + b) if kind == "add" else ("-", subtract_steps(a, b), a - b)
    return f"{a} {sign} {b}: {', '.join(steps)}, so {a} {sign} {b} = {result}."


def operands(kind, dice):
    """Two numbers from 0 to 999, small ones as often as large ones; a difference is never negative."""
    a, b = (dice.randrange(dice.choice([10, 20, 100, 100, 1000, 1000])) for _ in range(2))
    if dice.random() < 0.06:
        b = a
    if dice.random() < 0.1:
        a = a // 10 * 10 if dice.random() < 0.5 else a // 100 * 100
    if kind == "subtract" and a < b:
        a, b = b, a
    return a, b
