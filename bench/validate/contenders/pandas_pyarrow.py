"""pandas and pyarrow: reads, casts and writes both sides of the split, with reasons. No row hash, no lineage, no profile."""
import json
import resource
import sys

import pandas as pd

task = json.loads(sys.argv[1])
text = pd.read_csv(task["input"], dtype=str, keep_default_na=False)
missing = text.eq("")

quantity = pd.to_numeric(text.quantity.where(text.quantity.str.fullmatch(r"[+-]?[0-9]{1,9}")), errors="coerce")
price_text = text.unit_price.where(text.unit_price.str.fullmatch(r"[+-]?[0-9]{1,8}([.][0-9]{1,2})?"))
price = pd.to_numeric(price_text, errors="coerce")
ts = pd.to_datetime(
    text.order_ts.where(text.order_ts.str.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")),
    format="%Y-%m-%dT%H:%M:%SZ",
    errors="coerce",
    utc=True,
)

rules = {f"{name}.required": missing[name] for name in text.columns}
rules["quantity.type"] = quantity.isna() & ~missing.quantity
rules["quantity.minimum"] = quantity < 1
rules["unit_price.type"] = price.isna() & ~missing.unit_price
rules["unit_price.minimum"] = price < 0
rules["status.enum"] = ~text.status.isin(["pending", "paid", "shipped", "delivered", "cancelled"]) & ~missing.status
rules["order_ts.type"] = ts.isna() & ~missing.order_ts

broken = pd.DataFrame(rules)
bad = broken.any(axis=1)
accepted = text[~bad].assign(
    quantity=quantity[~bad].astype("int32"), unit_price=price[~bad], order_ts=ts[~bad]
)
accepted.to_parquet(f"{task['out']}/accepted.parquet", compression="zstd", index=False)
rejected = text[bad]
reasons = [
    [name for name, is_broken in zip(broken.columns, row) if is_broken] for row in broken[bad].itertuples(index=False)
]
rejected.assign(reasons=reasons).to_parquet(f"{task['out']}/rejected.parquet", compression="zstd", index=False)

counts = broken.sum()
usage = resource.getrusage(resource.RUSAGE_SELF)
peak_mb = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
if sys.platform == "linux":
    with open("/proc/self/status") as status:
        peak_mb = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
print(
    json.dumps(
        {
            "accepted": len(accepted),
            "rejected": len(rejected),
            "reasons": {name: int(count) for name, count in counts.items() if count},
            "cpu": usage.ru_utime + usage.ru_stime,
            "peakMb": peak_mb,
        }
    )
)
