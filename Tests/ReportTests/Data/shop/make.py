"""Makes the tables of the small shop: `python3 make.py`. The same seed gives the same files."""

import csv
import datetime
import pathlib
import random

HERE = pathlib.Path(__file__).parent
random.seed(20260410)
LAST = datetime.date(2026, 4, 10)
ZONE = datetime.timedelta(hours=5, minutes=30)

CHANNELS = [
    ("ch1", "D2C", "own", "always_on"), ("ch2", "Amazon", "marketplace", "festive"),
    ("ch3", "Blinkit", "quick", "festive"), ("ch4", "Zepto", "quick", "always_on"),
    ("ch5", "Flipkart", "marketplace", "festive"),
]
PRODUCTS = [
    ("p01", "Green Tea 100g", "Tea", "Leaf", 240), ("p02", "Green tea 250g", "Tea", "Leaf", 520),
    ("p03", "Masala Chai", "Tea", "Leaf", 310), ("p04", "Assam Tea", "Tea", "Hill", 280),
    ("p05", "Darjeeling First Flush", "Tea", "Hill", 990), ("p06", "Wild Honey", "Pantry", "Hive", 450),
    ("p07", "Jaggery", "Pantry", "Hive", 120), ("p08", "Rusk", "Snacks", "Oven", 80),
    ("p09", "Cookies, salted", "Snacks", "Oven", 150), ("p10", "Mug", "Ware", "", 399),
    ("p11", "Kettle", "Ware", "", 1499), ("p12", "Strainer", "Ware", "Steel", 99),
    ("p13", 'Gift box "Diwali"', "Gifts", "Leaf", 1299), ("p14", "", "Gifts", "Leaf", 650),
]
CITIES = [
    ("c1", "Mumbai", "Maharashtra", "Tier 1"), ("c2", "Pune", "Maharashtra", "Tier 2"),
    ("c3", "Delhi", "Delhi", "Tier 1"), ("c4", "Bengaluru", "Karnataka", "Tier 1"),
    ("c5", "Mysuru", "Karnataka", "Tier 3"), ("c6", "Kochi", "Kerala", "Tier 2"),
    ("c7", "Jaipur", "Rajasthan", "Tier 2"), ("c8", "Nashik", "Maharashtra", "Tier 3"),
]
WEIGHTS = [30, 12, 14, 9, 5, 8, 7, 10, 6, 5, 2, 4, 4, 3]


def write(name, header, rows):
    with open(HERE / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def money(amount):
    return f"{amount:.2f}"


def day_of_sale():
    pick = random.random()
    if pick < 0.56:
        return datetime.date(2026, 1, 1) + datetime.timedelta(random.randrange(90))
    if pick < 0.62:
        return datetime.date(2026, 4, 1) + datetime.timedelta(random.randrange(10))
    if pick < 0.68:
        return datetime.date(2025, 10, 14) + datetime.timedelta(random.randrange(10))
    if pick < 0.72:
        return datetime.date(2024, 10, 25) + datetime.timedelta(random.randrange(10))
    if pick < 0.80:
        return datetime.date(2025, 4, 1) + datetime.timedelta(random.randrange(14))
    return datetime.date(2025, 1, 1) + datetime.timedelta(random.randrange(365))


def product():
    return random.choices(PRODUCTS, WEIGHTS)[0]


def orders():
    lines = []
    for number in range(480):
        date = day_of_sale()
        channel = random.choices(["ch1", "ch2"], [55, 45])[0]
        customer = f"u{min(int(random.expovariate(0.04)), 89):02d}" if random.random() < 0.9 else ""
        city = random.choices([city[0] for city in CITIES] + ["", "c9"], [9, 6, 8, 7, 3, 4, 3, 2, 2, 1])[0]
        local = datetime.datetime.combine(date, datetime.time(random.randrange(24), random.randrange(60)))
        for line in range(random.choices([1, 2, 3], [50, 30, 20])[0]):
            article = product()
            code = article[0] if random.random() < 0.985 else "p99"
            units = random.choices([1, 2, 3, 4], [60, 25, 10, 5])[0]
            price = article[4] * random.choice([1, 1, 0.9, 0.85])
            amount = money(price * units)
            pick = random.random()
            if pick < 0.01:
                amount = ""
            elif pick < 0.02:
                amount = money(-price / 2)
            hours = random.choice([4, 6.5, 12, 24, 24, 36.25, 48, 72]) if random.random() < 0.93 else None
            shipped = "" if hours is None else (local - ZONE + datetime.timedelta(hours=hours)).isoformat() + "Z"
            lines.append([
                f"o{number:03d}", line + 1, date.isoformat(), (local - ZONE).isoformat() + "Z", channel, code,
                city, customer, units, amount, money(price), money(price * units * 0.62), shipped,
                "" if hours is None else hours,
            ])
    return sorted(lines, key=lambda line: (line[2], line[0], line[1]))


def customers(lines):
    first = {}
    for line in lines:
        if line[7]:
            first.setdefault(line[7], line)
    names = {channel[0]: channel[1] for channel in CHANNELS}
    for customer, line in sorted(first.items()):
        yield customer, line[2], names[line[4]]


def quick():
    for date, channel, article, city in sorted({
        (day_of_sale().isoformat(), random.choice(["ch3", "ch4"]), product()[0], random.choice(CITIES[:5])[0])
        for _ in range(330)
    }):
        units = random.randrange(1, 30)
        price = next(row[4] for row in PRODUCTS if row[0] == article)
        yield date, channel, article, city, units, money(units * price * 0.8)


def returns(lines):
    for number, line in enumerate(random.sample([line for line in lines if line[9]], 70)):
        date = datetime.date.fromisoformat(line[2]) + datetime.timedelta(random.randrange(2, 25))
        if date <= LAST:
            yield f"r{number:02d}", date.isoformat(), line[4], line[5], line[6], line[7], line[8], line[9]


def fees(lines):
    for number, line in enumerate(lines):
        if line[4] == "ch2" and line[1] == 1:
            yield line[0], "commission", line[2], line[4], money(12 + number % 40 * 1.25)


def spend():
    for week in range(80):
        date = datetime.date(2024, 10, 7) + datetime.timedelta(7 * week)
        for channel in ["ch1", "ch2", "ch3", "ch5"]:
            if (week + len(channel) + ord(channel[-1])) % 3 != 0:
                clicks = random.randrange(20, 400)
                yield date.isoformat(), channel, "brand", money(clicks * 4.5), clicks, clicks * 31


def plan():
    for month in range(1, 7):
        for place, channel in enumerate(["ch1", "ch2", "ch3", "ch5"]):
            yield f"2026-{month:02d}-01", channel, money(40000 + 5000 * month + 7500 * place), money(900 * month)


def main():
    lines = orders()
    write("channels", "channel_id,channel,kind,campaign_group", CHANNELS)
    write("products", "product_id,product,category,brand", [row[:4] for row in PRODUCTS])
    write("cities", "city_id,city,state,tier", CITIES)
    write("customers", "customer_id,first_order_date,acquired_channel", customers(lines))
    write(
        "order_lines",
        "order_id,line_no,order_date,ordered_at,channel_id,product_id,city_id,customer_id,units,"
        "net_amount,unit_price,cost,shipped_at,ship_hours",
        lines,
    )
    write("qc_daily", "sale_date,channel_id,product_id,city_id,units,gmv", quick())
    write(
        "returns",
        "return_id,returned_on,channel_id,product_id,city_id,customer_id,units,refund_amount",
        returns(lines),
    )
    write("fees", "order_id,fee_type,fee_date,channel_id,amount", fees(lines))
    write("plan", "month,channel_id,target_revenue,target_spend", plan())
    write("ad_spend", "spend_date,channel_id,campaign_id,amount,clicks,impressions", spend())


main()
