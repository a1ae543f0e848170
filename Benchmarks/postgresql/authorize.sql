\set n :n + 1
\set card random(1, :cards)
SELECT authorize_purchase(:run * 10000000000 + :n, :client_id, 1, :card, 3012, 100, 978);
