"""The batch: many captures, judged in shards, with the same result as all of them read serially."""
