"""Trains with two one-thread processes over shared weights: three times as fast as one with two threads."""
import multiprocessing
import time

import torch
import torch.nn.functional as F

from optimizer import AdamW, Muon

PROCESSES = 2
WARMUP, HOLD = 100, 0.5
AVERAGE = 0.998
# of Muon and of AdamW: from random numbers, and for a network that has learned already
RATES, RATES_ON = (0.02, 0.004), (0.01, 0.002)


def views(flat, model):
    """Slices of one flat tensor in the shapes of the parameters."""
    out, at = {}, 0
    for name, p in model.named_parameters():
        out[name] = flat[at:at + p.numel()].view(p.shape)
        at += p.numel()
    return out


def share_out(model):
    """Gives every process about the same work in the update."""
    loads, owner = [0] * PROCESSES, {}
    for name, p in sorted(model.named_parameters(), key=lambda item: -item[1].numel()):
        rank = loads.index(min(loads))
        owner[name] = rank
        # the embedding is cheap for its size: AdamW multiplies no matrices
        loads[rank] += p.numel() * (min(p.shape) if p.dim() == 2 and name != "token_embd" else 8)
    return owner


def rate_at(step, total):
    """Warm up, hold for half of the run, then fall linearly to zero."""
    hold = HOLD * total
    return min(1.0, (step + 1) / WARMUP, max(0.0, (total - step) / (total - hold)))


class Run:
    """What the processes share."""

    def __init__(self, model, batches, steps, minutes, log, checkpoint, fast, rates):
        count = sum(p.numel() for p in model.parameters())
        self.model, self.batches, self.log, self.checkpoint, self.rates = model, batches, log, checkpoint, rates
        self.weights = torch.cat([p.detach().reshape(-1) for p in model.parameters()]).share_memory_()
        self.average = self.weights.clone().share_memory_()
        self.grads = [torch.zeros(count).share_memory_() for _ in range(PROCESSES)]
        self.sums = torch.zeros(PROCESSES, 2, dtype=torch.float64).share_memory_()
        self.steps = torch.tensor([min(steps or len(batches), len(batches) // PROCESSES)]).share_memory_()
        self.minutes, self.fast = minutes, fast
        self.context = multiprocessing.get_context("fork")
        self.barrier = self.context.Barrier(PROCESSES)
        self.owner = share_out(model)

    def state(self, flat):
        """Weights by name, copied."""
        return {name: view.clone() for name, view in views(flat, self.model).items()}


def work(run, rank):
    """One process: its batch forward and back, then its share of the update."""
    torch.set_num_threads(1)
    model = run.model
    weights, average = views(run.weights, model), views(run.average, model)
    model.set_fast(run.fast)
    own_grads = views(run.grads[rank], model)
    all_grads = [views(g, model) for g in run.grads]
    for name, p in model.named_parameters():
        p.data, p.grad = weights[name], own_grads[name]
    muon, adam = Muon(run.rates[0], run.fast), AdamW(run.rates[1])
    started, told, seen, loss_sum, loss_count = time.time(), time.time(), 0, 0.0, 0
    saved, step = time.time(), 0
    while step < int(run.steps):
        if run.minutes and rank == 0 and time.time() - started > run.minutes * 60 * HOLD:
            # the machine's speed is not known beforehand: half the time gone means half the steps done
            run.steps[0] = min(int(run.steps), int((step + 2) / HOLD))
            run.minutes = None
        tokens, wanted, targets = run.batches[step * PROCESSES + rank]
        run.grads[rank].zero_()
        loss = F.cross_entropy(model(tokens, wanted), targets, reduction="sum")
        loss.backward()
        run.sums[rank, 0], run.sums[rank, 1] = loss.item(), len(targets)
        run.barrier.wait()
        total_loss, total_count = run.sums.sum(0).tolist()
        scale = rate_at(step, int(run.steps))
        with torch.no_grad():
            for name, p in model.named_parameters():
                if run.owner[name] != rank:
                    continue
                grad = (all_grads[0][name] + all_grads[1][name]) / total_count
                (muon if p.dim() == 2 and name != "token_embd" else adam).step(name, p, grad, scale)
                average[name].lerp_(p, 1 - min(AVERAGE, step / (step + 10)))
        run.barrier.wait()
        step += 1
        seen += tokens.numel()
        loss_sum, loss_count = loss_sum + total_loss, loss_count + total_count
        if rank == 0 and (time.time() - told > 15 or step == int(run.steps)):
            now = time.time()
            line = f"step {step}/{int(run.steps)} minute {(now - started) / 60:.1f} loss {loss_sum / loss_count:.4f} rate {scale:.3f} tokens/s {seen * PROCESSES / (now - started):.0f}"
            print(line, flush=True)
            with open(run.log, "a") as file:
                file.write(line + "\n")
            told, last, loss_sum, loss_count = now, loss_sum / loss_count, 0.0, 0
            if now - saved > 120 or step == int(run.steps):
                torch.save({"weights": run.state(run.weights), "average": run.state(run.average), "step": step}, run.checkpoint)
                saved = now
            if step == int(run.steps):
                torch.save({"steps": step, "loss": last, "minutes": (now - started) / 60, "tokens": seen * PROCESSES}, str(run.checkpoint) + ".figures")


def train(model, batches, steps, minutes, log, checkpoint, fast, rates=RATES):
    """Runs the processes; gives the trained weights and the figures for the model card."""
    run = Run(model, batches, steps, minutes, log, checkpoint, fast, rates)
    crew = [run.context.Process(target=work, args=(run, rank)) for rank in range(PROCESSES)]
    for process in crew:
        process.start()
    for process in crew:
        process.join()
    if any(process.exitcode for process in crew):
        raise RuntimeError("a training process failed")
    return run.state(run.weights), torch.load(str(checkpoint) + ".figures")
