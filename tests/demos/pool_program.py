# The same program as pool_program.cpp: what is shown in the README is compared by a test.

from concurrent.futures import ThreadPoolExecutor, as_completed


def price(shop):
    if shop == "kiosk":
        raise RuntimeError("closed")
    return 40 * len(shop)


shops = ["baker", "mill", "kiosk"]

with ThreadPoolExecutor(max_workers=3) as pool:
    shop_of = {pool.submit(price, s): s
               for s in shops}

    for f in as_completed(shop_of):
        try:
            print(shop_of[f], f.result())
        except RuntimeError as e:
            print(shop_of[f], e)

    for n in pool.map(len, shops):
        print(n)
