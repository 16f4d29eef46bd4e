// What Python programs import most, and MicroPython has not or has less of, as Python source. Only what a program names is
// loaded. Pure.

/** Lets modules be made, sorts as Python does (equals stay in their order), turns strings around, copies what is like a dict. */
export const SETUP = `
def _setup():
  quick = sorted
  def stable(given, *, key=None, reverse=False):
    items = list(given)
    if key is None: return quick(items, reverse=reverse)
    sign = -1 if reverse else 1
    ranked = quick([(key(one), sign * at) for at, one in enumerate(items)], reverse=reverse)
    return [items[sign * at] for _, at in ranked]
  def turned(given):
    return ''.join(reversed(given)) if isinstance(given, str) else type(given)(reversed(given))
  def copied(*given, **named):
    if not given or not isinstance(given[0], dict): return dict(*given, **named)
    made = {key: given[0][key] for key in given[0]}
    made.update(named)
    return made
  return stable, turned, copied
sorted, _reversed, _dict = _setup()
def input(*given): raise NotImplementedError('input')
class _Module:
  pass
def _module(name, members):
  import sys
  made = sys.modules.get(name) if name in ('math', 'collections') else None
  whole = _Module()
  if made is None and name in ('math', 'collections'):
    made = __import__(name)
  if made is not None:
    for key in dir(made):
      if not key.startswith('__'):
        setattr(whole, key, getattr(made, key))
  for key in members:
    setattr(whole, key, members[key])
  sys.modules[name] = whole
`

const TYPING = `
def _make():
  class Any:
    def __getitem__(self, key): return self
    def __call__(self, *given): return given[-1] if given else self
    def __or__(self, other): return self
  class Base:
    def __getitem__(self, key): return object
  any, base = Any(), Base()
  names = 'Any Callable Dict FrozenSet Iterable Iterator List Mapping MutableMapping NoReturn Optional Sequence Set Tuple Type Union Literal Final ClassVar Hashable Deque DefaultDict Generator TypeVar NewType Text Counter overload cast Self'
  members = {name: any for name in names.split()}
  members['Generic'] = members['Protocol'] = base
  _module('typing', members)
_make()
`

const COLLECTIONS = `
def _make():
  class defaultdict(dict):
    def __init__(self, factory=None, *given):
      super().__init__(*given)
      self.default_factory = factory
    def __getitem__(self, key):
      if key not in self:
        if self.default_factory is None: raise KeyError(key)
        self[key] = self.default_factory()
      return super().__getitem__(key)
  class Counter(dict):
    def __init__(self, given=None):
      super().__init__()
      if given is not None: self.update(given)
    def __getitem__(self, key):
      return super().__getitem__(key) if key in self else 0
    def update(self, given):
      if isinstance(given, dict):
        for key in given: self[key] = self[key] + given[key]
      else:
        for key in given: self[key] = self[key] + 1
    def subtract(self, given):
      if isinstance(given, dict):
        for key in given: self[key] = self[key] - given[key]
      else:
        for key in given: self[key] = self[key] - 1
    def elements(self):
      for key in self:
        for _ in range(self[key]): yield key
    def most_common(self, most=None):
      whole = [(-self[key], at, key) for at, key in enumerate(self)]
      whole.sort(key=lambda entry: entry[:2])
      found = [(key, -count) for count, _, key in whole]
      return found if most is None else found[:most]
    def total(self): return sum(self.values())
    def _with(self, other, sign):
      made = Counter(self)
      for key in other: made[key] = made[key] + sign * other[key]
      return Counter({key: made[key] for key in made if made[key] > 0})
    def __add__(self, other): return self._with(other, 1)
    def __sub__(self, other): return self._with(other, -1)
    def __and__(self, other): return Counter({key: min(self[key], other[key]) for key in self if min(self[key], other[key]) > 0})
    def __or__(self, other): return Counter({key: max(self[key], other[key]) for key in list(self) + list(other)})
  class deque:
    def __init__(self, given=(), maxlen=None):
      self.maxlen = maxlen
      self._in, self._out = [], []
      for one in given: self.append(one)
    def _trim(self, pop):
      if self.maxlen is not None and len(self) > self.maxlen: pop()
    def append(self, one):
      self._in.append(one); self._trim(self.popleft)
    def appendleft(self, one):
      self._out.append(one); self._trim(self.pop)
    def pop(self):
      if not self._in: self._in, self._out = list(reversed(self._out)), []
      return self._in.pop()
    def popleft(self):
      if not self._out: self._out, self._in = list(reversed(self._in)), []
      return self._out.pop()
    def _whole(self): return list(reversed(self._out)) + self._in
    def extend(self, given):
      for one in given: self.append(one)
    def extendleft(self, given):
      for one in given: self.appendleft(one)
    def rotate(self, by=1):
      whole = self._whole()
      if whole:
        by = by % len(whole)
        whole = whole[-by:] + whole[:-by] if by else whole
      self._out, self._in = [], whole
    def clear(self): self._in, self._out = [], []
    def count(self, one): return self._whole().count(one)
    def remove(self, one):
      whole = self._whole(); whole.remove(one); self._out, self._in = [], whole
    def __len__(self): return len(self._in) + len(self._out)
    def __bool__(self): return len(self) > 0
    def __iter__(self): return iter(self._whole())
    def __getitem__(self, at): return self._whole()[at]
    def __setitem__(self, at, one):
      whole = self._whole(); whole[at] = one; self._out, self._in = [], whole
    def __contains__(self, one): return one in self._in or one in self._out
    def __eq__(self, other): return list(self) == list(other)
    def __repr__(self): return 'deque(' + repr(self._whole()) + ')'
  _module('collections', {'defaultdict': defaultdict, 'Counter': Counter, 'deque': deque})
_make()
`

const FUNCTOOLS = `
def _make():
  def cache(call):
    known = {}
    def cached(*given, **named):
      key = (given, tuple(sorted(named.items())))
      if key not in known: known[key] = call(*given, **named)
      return known[key]
    return cached
  def lru_cache(maxsize=128, typed=False):
    return cache(maxsize) if callable(maxsize) else cache
  def reduce(call, given, *first):
    rest = iter(given)
    value = first[0] if first else next(rest)
    for one in rest: value = call(value, one)
    return value
  def partial(call, *given, **named):
    def called(*more, **others):
      whole = dict(named); whole.update(others)
      return call(*given, *more, **whole)
    return called
  def wraps(call): return lambda made: made
  def cmp_to_key(compare):
    class Key:
      def __init__(self, value): self.value = value
      def __lt__(self, other): return compare(self.value, other.value) < 0
      def __gt__(self, other): return compare(self.value, other.value) > 0
      def __le__(self, other): return compare(self.value, other.value) <= 0
      def __ge__(self, other): return compare(self.value, other.value) >= 0
      def __eq__(self, other): return compare(self.value, other.value) == 0
    return Key
  _module('functools', {'cache': cache, 'lru_cache': lru_cache, 'reduce': reduce, 'partial': partial, 'wraps': wraps, 'cmp_to_key': cmp_to_key})
_make()
`

const ITERTOOLS = `
def _make():
  def count(start=0, step=1):
    while True:
      yield start
      start += step
  def cycle(given):
    whole = list(given)
    while whole:
      for one in whole: yield one
  def repeat(one, times=None):
    while times is None or times > 0:
      yield one
      if times is not None: times -= 1
  class chain:
    def __init__(self, *given): self._given = given
    def __iter__(self):
      for each in self._given:
        for one in each: yield one
    @staticmethod
    def from_iterable(given): return chain(*given)
  def accumulate(given, call=None, initial=None):
    rest = iter(given)
    if initial is None:
      try: value = next(rest)
      except StopIteration: return
    else: value = initial
    yield value
    for one in rest:
      value = value + one if call is None else call(value, one)
      yield value
  def islice(given, *bounds):
    whole = slice(*bounds)
    start, stop, step = whole.start or 0, whole.stop, whole.step or 1
    for at, one in enumerate(given):
      if stop is not None and at >= stop: return
      if at >= start and (at - start) % step == 0: yield one
      if stop is not None and at + 1 >= stop: return
  def takewhile(test, given):
    for one in given:
      if not test(one): return
      yield one
  def dropwhile(test, given):
    dropping = True
    for one in given:
      if dropping and test(one): continue
      dropping = False
      yield one
  def zip_longest(*given, fillvalue=None):
    lists = [list(each) for each in given]
    for at in range(max([len(each) for each in lists] or [0])):
      yield tuple([each[at] if at < len(each) else fillvalue for each in lists])
  def pairwise(given):
    whole = list(given)
    return zip(whole, whole[1:])
  def groupby(given, key=None):
    group, last, begun = [], None, False
    for one in given:
      name = one if key is None else key(one)
      if begun and name != last:
        yield last, iter(group)
        group = []
      group.append(one)
      last, begun = name, True
    if begun: yield last, iter(group)
  def product(*given, repeat=1):
    lists = [list(each) for each in given] * repeat
    def made(at):
      if at == len(lists): yield ()
      else:
        for one in lists[at]:
          for rest in made(at + 1): yield (one,) + rest
    return made(0)
  def permutations(given, size=None):
    whole = list(given)
    size = len(whole) if size is None else size
    def made(used):
      if len(used) == size: yield tuple([whole[at] for at in used])
      else:
        for at in range(len(whole)):
          if at not in used:
            for found in made(used + [at]): yield found
    return made([])
  def combinations(given, size):
    whole = list(given)
    def made(start, left):
      if left == 0: yield ()
      else:
        for at in range(start, len(whole)):
          for rest in made(at + 1, left - 1): yield (whole[at],) + rest
    return made(0, size)
  def combinations_with_replacement(given, size):
    whole = list(given)
    def made(start, left):
      if left == 0: yield ()
      else:
        for at in range(start, len(whole)):
          for rest in made(at, left - 1): yield (whole[at],) + rest
    return made(0, size)
  def starmap(call, given):
    for one in given: yield call(*one)
  members = [count, cycle, repeat, chain, accumulate, islice, takewhile, dropwhile, zip_longest, pairwise, groupby, product, permutations, combinations, combinations_with_replacement, starmap]
  names = 'count cycle repeat chain accumulate islice takewhile dropwhile zip_longest pairwise groupby product permutations combinations combinations_with_replacement starmap'.split()
  _module('itertools', {name: member for name, member in zip(names, members)})
_make()
`

const MATH = `
def _make():
  def gcd(*given):
    found = 0
    for one in given:
      one = abs(one)
      while one: found, one = one, found % one
    return found
  def lcm(*given):
    found = 1
    for one in given:
      if one == 0: return 0
      found = abs(found * one) // gcd(found, one)
    return found
  def isqrt(number):
    if number < 0: raise ValueError('isqrt() argument must be nonnegative')
    if number == 0: return 0
    guess = 1 << ((number_bits(number) + 1) // 2)
    while True:
      better = (guess + number // guess) // 2
      if better >= guess: return guess
      guess = better
  def number_bits(number):
    bits = 0
    while number:
      number >>= 1
      bits += 1
    return bits
  def prod(given, start=1):
    for one in given: start = start * one
    return start
  def perm(number, chosen=None):
    return prod(range(number - (number if chosen is None else chosen) + 1, number + 1))
  def comb(number, chosen):
    return 0 if chosen > number else perm(number, chosen) // perm(chosen)
  def hypot(*given): return sum([one * one for one in given]) ** 0.5
  def dist(a, b): return sum([(x - y) ** 2 for x, y in zip(a, b)]) ** 0.5
  _module('math', {'gcd': gcd, 'lcm': lcm, 'isqrt': isqrt, 'prod': prod, 'perm': perm, 'comb': comb, 'hypot': hypot, 'dist': dist, 'inf': float('inf'), 'nan': float('nan'), 'tau': 6.283185307179586, 'factorial': perm})
_make()
`

const SMALL = `
def _make():
  def bisect_left(given, one, lo=0, hi=None, key=None):
    hi = len(given) if hi is None else hi
    while lo < hi:
      middle = (lo + hi) // 2
      if (given[middle] if key is None else key(given[middle])) < one: lo = middle + 1
      else: hi = middle
    return lo
  def bisect_right(given, one, lo=0, hi=None, key=None):
    hi = len(given) if hi is None else hi
    while lo < hi:
      middle = (lo + hi) // 2
      if one < (given[middle] if key is None else key(given[middle])): hi = middle
      else: lo = middle + 1
    return lo
  def insort(given, one): given.insert(bisect_right(given, one), one)
  _module('bisect', {'bisect_left': bisect_left, 'bisect_right': bisect_right, 'bisect': bisect_right, 'insort': insort, 'insort_right': insort})
  lower = 'abcdefghijklmnopqrstuvwxyz'
  marks = ''.join([chr(code) for code in list(range(33, 48)) + list(range(58, 65)) + list(range(91, 97)) + list(range(123, 127))])
  _module('string', {'ascii_lowercase': lower, 'ascii_uppercase': lower.upper(), 'ascii_letters': lower + lower.upper(), 'digits': '0123456789', 'hexdigits': '0123456789abcdefABCDEF', 'punctuation': marks, 'whitespace': ' \\t\\n\\r\\x0b\\x0c'})
  def copy(one):
    return one.copy() if hasattr(one, 'copy') else one[:] if isinstance(one, list) else one
  def deepcopy(one):
    if isinstance(one, list): return [deepcopy(each) for each in one]
    if isinstance(one, tuple): return tuple([deepcopy(each) for each in one])
    if isinstance(one, set): return set(one)
    if isinstance(one, dict): return {key: deepcopy(one[key]) for key in one}
    if one is None or isinstance(one, (int, float, str, bytes)): return one
    raise NotImplementedError('deepcopy')
  _module('copy', {'copy': copy, 'deepcopy': deepcopy})
  def itemgetter(*names):
    return (lambda one: one[names[0]]) if len(names) == 1 else lambda one: tuple([one[name] for name in names])
  def attrgetter(name): return lambda one: getattr(one, name)
  _module('operator', {'itemgetter': itemgetter, 'attrgetter': attrgetter, 'add': lambda a, b: a + b, 'sub': lambda a, b: a - b, 'mul': lambda a, b: a * b, 'truediv': lambda a, b: a / b, 'floordiv': lambda a, b: a // b, 'mod': lambda a, b: a % b, 'neg': lambda a: -a, 'xor': lambda a, b: a ^ b, 'and_': lambda a, b: a & b, 'or_': lambda a, b: a | b, 'eq': lambda a, b: a == b, 'lt': lambda a, b: a < b, 'gt': lambda a, b: a > b})
  _module('__future__', {'annotations': None, 'division': None, 'print_function': None})
_make()
`

const MODULES: readonly (readonly [RegExp, string])[] = [
  [/\btyping\b/, TYPING],
  [/\bcollections\b/, COLLECTIONS],
  [/\bfunctools\b/, FUNCTOOLS],
  [/\bitertools\b/, ITERTOOLS],
  [/\bmath\b/, MATH],
  [/\b(?:bisect|string|copy|operator|__future__)\b/, SMALL],
]

/** The modules that a program imports, as far as they are here. */
export function sourcesFor(code: string): readonly string[] {
  const imports = code
    .split('\n')
    .filter((line) => /^\s*(?:import|from)\s/.test(line))
    .join('\n')
  return MODULES.filter(([name]) => name.test(imports)).map(([, source]) => source)
}
