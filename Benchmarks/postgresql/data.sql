-- :cards cards, each with a balance of its own; a hundred programmes.
INSERT INTO programs SELECT n, n FROM generate_series(1, 100) n;
INSERT INTO deposits SELECT n, 1000000000000000 FROM generate_series(1, 100) n;
INSERT INTO balances SELECT n, 1000000 FROM generate_series(1, :cards) n;
INSERT INTO cards SELECT n, 0, 3012, n, n % 100 + 1 FROM generate_series(1, :cards) n;
VACUUM ANALYZE;
CHECKPOINT;
