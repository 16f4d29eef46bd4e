"""Random dates, phone numbers, amounts and the other things that stand in sentences."""
import lists

MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def digits(dice, count, first="0123456789"):
    """A string of random digits."""
    return dice.choice(first) + "".join(dice.choice("0123456789") for _ in range(count - 1)) if count else ""


def ordinal(day):
    """1st, 2nd, 3rd, 4th ..."""
    if 10 <= day <= 20:
        return f"{day}th"
    return f"{day}" + {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def date(dice):
    """A date in one of many ways to write it."""
    month = dice.randrange(12)
    day = dice.randint(1, MONTH_DAYS[month])
    year = dice.choice([dice.randint(2019, 2032), dice.randint(2024, 2029), dice.randint(1890, 2060)])
    name, m = lists.MONTHS[month], month + 1
    short = dice.choice([name[:3], name[:3], name[:3] + ".", "Sept" if m == 9 else name[:3]])
    y2 = f"{year % 100:02d}"
    form = dice.randrange(13)
    if form < 3:
        return dice.choice([f"{name} {day}, {year}", f"{name} {day}, {year}", f"{name} {ordinal(day)}, {year}", f"{name} {day} {year}", f"{name} {ordinal(day)} {year}"])
    if form < 5:
        return dice.choice([f"{day} {name} {year}", f"{ordinal(day)} {name} {year}", f"{ordinal(day)} of {name} {year}", f"{ordinal(day)} of {name}, {year}", f"{day} {name}, {year}", f"{day}. {name} {year}"])
    if form < 7:
        return dice.choice([f"{name} {day}", f"{name} {ordinal(day)}", f"{day} {name}", f"{ordinal(day)} {name}", f"{ordinal(day)} of {name}", f"{name} the {ordinal(day)}", f"{name} {day}"])
    if form < 9:
        return dice.choice([f"{short} {day}", f"{day} {short}", f"{short} {day}, {year}", f"{day} {short} {year}", f"{day}-{name[:3]}-{year}", f"{short} {ordinal(day)}", f"{day}-{name[:3]}-{y2}", f"{short} {day} {year}"])
    if form < 11:
        return f"{year}-{m:02d}-{day:02d}" if dice.random() < 0.8 else dice.choice([f"{year}/{m:02d}/{day:02d}", f"{year}.{m:02d}.{day:02d}"])
    first, second = (m, day) if dice.random() < 0.5 else (day, m)
    sep = dice.choice(["/", "/", "/", ".", ".", "-"])
    if dice.random() < 0.5:
        first, second = f"{first:02d}", f"{second:02d}"
    tail = dice.choice([f"{sep}{year}", f"{sep}{year}", f"{sep}{y2}", "" if sep == "/" else f"{sep}{year}"])
    return f"{first}{sep}{second}{tail}"


def phone(dice):
    """A phone number of one of many countries, or a free grouping of digits."""
    d = lambda n, first="0123456789": digits(dice, n, first)
    form = dice.randrange(10)
    sep = dice.choice([" ", "-", "-", ".", " "])
    if form < 3:
        area, rest = d(3, "23456789"), f"{dice.choice(['555', d(3, '23456789')])}{sep}{d(4)}"
        return dice.choice([f"({area}) {rest}", f"{area}{sep}{rest}", f"+1{dice.choice([' ', '-'])}{area}{sep}{rest}", f"+1 ({area}) {rest}", f"1{sep}{dice.choice(['800', '888', area])}{sep}{rest}", f"({area}){rest}", f"+1{area}{d(7)}", f"{area}{d(7)}"])
    if form == 3:
        return dice.choice([f"555-{d(4)}", f"555 {d(4)}", f"{d(3, '23456789')}-{d(4)}", f"{d(3, '23456789')} {d(4)}", f"555{d(4)}"])
    if form == 4:
        return dice.choice([f"+44 20 {d(4)} {d(4)}", f"({'020'}) {d(4)} {d(4)}", f"020 {d(4)} {d(4)}", f"07{d(3)} {d(6)}", f"+44 7{d(3)} {d(6)}", f"01{d(2)} {d(3)} {d(4)}", f"(0{d(3, '1')}) {d(6)}", f"0{d(4, '1')} {d(6)}", f"+44 (0){d(2, '12')} {d(4)} {d(4)}"])
    if form == 5:
        area = d(dice.choice([2, 3]), "123456789")
        return dice.choice([f"+49 {area} {d(dice.randint(5, 8))}", f"0{area}/{d(dice.randint(5, 7))}", f"0{area}-{d(6)}", f"0{area} {d(3)} {d(3)}", f"+49 1{d(2, '567')} {d(7)}", f"01{d(2, '567')} {d(7)}", f"+43 {area} {d(6)}", f"+41 {area} {d(3)} {d(2)} {d(2)}"])
    if form == 6:
        pairs = " ".join(d(2) for _ in range(4))
        return dice.choice([f"+33 {d(1, '12345679')} {pairs}", f"0{d(1, '12345679')} {pairs}", f"+34 {d(3, '69')} {d(3)} {d(3)}", f"+39 0{d(1, '26')} {d(4)} {d(4)}", f"+31 {d(2)} {d(3)} {d(4)}", f"+48 {d(3)} {d(3)} {d(3)}"])
    if form == 7:
        return dice.choice([f"+91 {d(5, '6789')} {d(5)}", f"+61 {d(1, '234')} {d(4)} {d(4)}", f"04{d(2)} {d(3)} {d(3)}", f"0800 {d(3)} {d(3)}", f"1800 {d(3)} {d(3)}", f"+81 {d(1, '36')}-{d(4)}-{d(4)}", f"+86 1{d(2)} {d(4)} {d(4)}", f"+55 {d(2)} 9{d(4)}-{d(4)}", f"+353 {d(2)} {d(3)} {d(4)}", f"+27 {d(2)} {d(3)} {d(4)}"])
    head = dice.choice([f"+{d(dice.randint(1, 3), '123456789')}{sep}", f"0{d(dice.randint(1, 3))}{sep}", f"({d(3)}) ", ""])
    groups = [d(dice.randint(2, 5)) for _ in range(dice.randint(2, 3))]
    return head + sep.join(groups) if sep != "." or not head else head.replace(".", " ") + " ".join(groups)


def grouped(number, comma=","):
    """Thousands separated."""
    return f"{number:,}".replace(",", comma)


def amount(dice):
    """An amount of money in one of many ways to write it."""
    whole = dice.randrange(1, dice.choice([10, 100, 100, 1000, 1000, 10000, 100000, 2000000]))
    cents = f"{dice.randrange(100):02d}"
    plain = grouped(whole) if whole > 999 and dice.random() < 0.75 else str(whole)
    number = dice.choice([plain, plain, f"{plain}.{cents}", f"{plain}.{dice.choice(['00', '50', '99', '95', cents])}"])
    euro = dice.choice(["EUR", "euros", "\u20ac"])
    form = dice.randrange(12)
    if form < 5:
        return f"{dice.choice(lists.SIGNS)}{number}"
    if form < 7:
        code = dice.choice(lists.CODES)
        return dice.choice([f"{code} {number}", f"{number} {code}", f"{number} {code}"])
    if form < 10:
        unit = dice.choice(lists.CURRENCIES)
        return f"{number} {unit}" if dice.random() < 0.9 else f"{dice.choice(['2', '3', '1.5', str(whole % 90 + 2)])} {dice.choice(['million', 'thousand', 'hundred', 'billion'])} {unit}"
    if form == 10:
        continental = grouped(whole, ".")
        return dice.choice([f"{continental},{cents} {euro}", f"{whole},{cents} {euro}", f"EUR {continental},{cents}", f"{whole} \u20ac", f"{number}\u20ac"])
    return dice.choice([f"${whole % 900 + 1}{dice.choice(['k', 'K', 'M'])}", f"${dice.randint(1, 99)}.{dice.randint(1, 9)} {dice.choice(['million', 'billion'])}", f"${dice.randint(1, 999)} {dice.choice(['million', 'billion', 'thousand'])}", f"{dice.randint(2, 99)} cents", f"US$ {number}", f"{number}$"])


def letters(dice, low, high):
    """Any letters at all."""
    return "".join(dice.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(dice.randint(low, high)))


def handle(dice):
    """A name as it stands in front of the at sign or in a host."""
    roll = dice.random()
    if roll < 0.3:
        return dice.choice(lists.FIRST_NAMES if dice.random() < 0.5 else lists.LAST_NAMES).lower()
    if roll < 0.5:
        return dice.choice(lists.MAIL_WORDS)
    return made_up(dice) if roll < 0.88 else letters(dice, 1, 8)


def email(dice):
    """An e-mail address in one of many ways to make one up."""
    local = dice.choice(["", "", ".", ".", "_", "-", "."]).join(handle(dice) for _ in range(dice.choice([1, 1, 2, 2, 2, 3])))
    roll = dice.random()
    if roll < 0.12:
        local = f"{letters(dice, 1, 1)}{dice.choice(['.', '.', ''])}{handle(dice)}"
    elif roll < 0.34:
        local += dice.choice(["", "", ".", "_", "-"]) + digits(dice, dice.randint(1, 4))
    elif roll < 0.42:
        local += "+" + handle(dice)
    host = dice.choice(lists.MAIL_HOSTS) if dice.random() < 0.25 else dice.choice(["", "-", "", "."]).join(handle(dice) for _ in range(dice.choice([1, 1, 2, 2, 3])))
    if "." not in host or dice.random() < 0.5 and host not in lists.MAIL_HOSTS:
        host += "." + dice.choice(lists.MAIL_ENDS)
    address = f"{local}@{host}"
    return address.title() if dice.random() < 0.03 else address.upper() if dice.random() < 0.02 else address


def number(dice):
    """A count or a reference that is neither date, phone nor money."""
    form = dice.randrange(6)
    if form < 3:
        return str(dice.randrange(2, dice.choice([13, 30, 100, 500])))
    return digits(dice, dice.randint(3, 7), "123456789")


def time(dice):
    """A time of day."""
    hour, minute = dice.randint(1, 12), dice.choice(["00", "15", "30", "45", f"{dice.randrange(60):02d}"])
    return dice.choice([f"{hour}:{minute}", f"{hour + 11:02d}:{minute}", f"{hour} {dice.choice(['am', 'pm', 'a.m.'])}", f"{hour}{dice.choice(['am', 'pm'])}", f"{hour}:{minute} {dice.choice(['am', 'pm', 'AM', 'PM'])}", "noon" if dice.random() < 0.3 else f"{hour} o'clock"])


def made_up(dice, parts=None):
    """A word that no dictionary has, so that nothing is learned by heart."""
    return "".join(dice.choice(lists.ONSETS) + dice.choice(lists.RHYMES) for _ in range(parts or dice.choice([1, 2, 2, 3])))


def name(dice):
    """A person."""
    first = dice.choice(lists.FIRST_NAMES) if dice.random() < 0.7 else made_up(dice).capitalize()
    last = dice.choice(lists.LAST_NAMES) if dice.random() < 0.7 else made_up(dice).capitalize()
    return dice.choice([first, first, f"{first} {last}", f"{dice.choice(['Dr.', 'Mr.', 'Mrs.', 'Ms.', 'Prof.'])} {last}"])


def city(dice):
    """A place."""
    return dice.choice(lists.CITIES) if dice.random() < 0.7 else made_up(dice).capitalize()


MAKERS = {"date": date, "phone": phone, "amount": amount, "email": email, "number": number, "time": time, "name": name, "city": city}
