"""Writes and reads the model file: GGUF version 3, matrices in Q8_0, norms in F32."""
import struct

import numpy as np

ALIGNMENT = 32
F32, Q8_0 = 0, 8
U32, I32, FLOAT, BOOL, STRING, ARRAY, U64 = 4, 5, 6, 7, 8, 9, 10
FORMATS = {U32: "<I", I32: "<i", FLOAT: "<f", BOOL: "<?", U64: "<Q"}
ROW = np.dtype([("scale", "<f2"), ("values", "i1", 32)])


def to_q8(matrix):
    """Groups of 32 share one half-precision scale; rounding as llama.cpp does it."""
    groups = matrix.astype(np.float32).reshape(-1, 32)
    scale = np.abs(groups).max(1) / np.float32(127)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    x = groups * inverse[:, None]
    out = np.empty(len(groups), ROW)
    out["scale"] = scale
    out["values"] = np.sign(x) * np.floor(np.abs(x) + 0.5)
    return out.tobytes()


def from_q8(data, shape):
    """The numbers an engine sees."""
    rows = np.frombuffer(data, ROW)
    return (rows["values"] * rows["scale"].astype(np.float32)[:, None]).reshape(shape)


def pack_string(text):
    """Length, then bytes."""
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def pack_value(kind, value):
    """One value without its type, which the caller writes."""
    if kind == STRING:
        return pack_string(value)
    if kind == ARRAY:
        inner, items = value
        return struct.pack("<IQ", inner, len(items)) + b"".join(pack_value(inner, i) for i in items)
    return struct.pack(FORMATS[kind], value)


def write(path, metadata, tensors):
    """metadata: (key, type, value) triples; tensors: (name, array) pairs, matrices go to Q8_0."""
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata))
    for key, kind, value in metadata:
        head += pack_string(key) + struct.pack("<I", kind) + pack_value(kind, value)
    blobs, offset = [], 0
    for name, array in tensors:
        kind = Q8_0 if array.ndim == 2 else F32
        blob = to_q8(array) if kind == Q8_0 else array.astype("<f4").tobytes()
        head += pack_string(name) + struct.pack("<I", array.ndim)
        head += b"".join(struct.pack("<Q", n) for n in reversed(array.shape))
        head += struct.pack("<IQ", kind, offset)
        blob += bytes(-len(blob) % ALIGNMENT)
        blobs.append(blob)
        offset += len(blob)
    head += bytes(-len(head) % ALIGNMENT)
    with open(path, "wb") as file:
        file.write(head + b"".join(blobs))


class Reader:
    """Walks through the bytes of a file."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, fmt):
        """Unpacks one number."""
        value, = struct.unpack_from(fmt, self.data, self.at)
        self.at += struct.calcsize(fmt)
        return value

    def string(self):
        """Length, then bytes."""
        size = self.take("<Q")
        self.at += size
        return self.data[self.at - size:self.at].decode("utf-8")

    def value(self, kind):
        """One value of a type."""
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            inner, size = self.take("<I"), self.take("<Q")
            return [self.value(inner) for _ in range(size)]
        return self.take(FORMATS[kind])


def read(path):
    """Metadata and dequantized tensors, so that the evaluation sees what ships."""
    with open(path, "rb") as file:
        reader = Reader(file.read())
    if reader.take("<4s") != b"GGUF" or reader.take("<I") != 3:
        raise ValueError(f"{path} is not a GGUF file of version 3")
    tensor_count, key_count = reader.take("<Q"), reader.take("<Q")
    metadata, infos, tensors = {}, [], {}
    for _ in range(key_count):
        key = reader.string()
        metadata[key] = reader.value(reader.take("<I"))
    for _ in range(tensor_count):
        name = reader.string()
        shape = [reader.take("<Q") for _ in range(reader.take("<I"))][::-1]
        infos.append((name, shape, reader.take("<I"), reader.take("<Q")))
    base = reader.at + -reader.at % ALIGNMENT
    for name, shape, kind, offset in infos:
        count = int(np.prod(shape))
        size = count * 4 if kind == F32 else count // 32 * ROW.itemsize
        blob = reader.data[base + offset:base + offset + size]
        tensors[name] = np.frombuffer(blob, "<f4").reshape(shape) if kind == F32 else from_q8(blob, shape)
    return metadata, tensors
