-- The same authorization as PostgreSQL would do it: one function, one transaction.
-- Deposits and balances leave room in their pages, so that updates stay on them (HOT).
CREATE TABLE programs (
  id smallint PRIMARY KEY,
  deposit_id integer NOT NULL
);
CREATE TABLE deposits (
  id integer PRIMARY KEY,
  ledger bigint NOT NULL,
  held bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
CREATE TABLE balances (
  id bigint PRIMARY KEY,
  ledger bigint NOT NULL,
  held bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE TABLE cards (
  pan_token bigint PRIMARY KEY,
  lock_code smallint NOT NULL DEFAULT 0,
  expiry smallint NOT NULL,
  balance_id bigint NOT NULL,
  program_id smallint NOT NULL
);
-- The key of a message begins with its time, so that inserts go to the end of the index.
CREATE TABLE authorizations (
  local_time bigint NOT NULL,
  stan bigint NOT NULL,
  acquirer integer NOT NULL,
  card bigint NOT NULL,
  balance_id bigint,
  deposit_id integer,
  amount bigint NOT NULL,
  currency smallint NOT NULL,
  action_code smallint NOT NULL,
  decided timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (local_time, stan, acquirer)
);

-- Answers with the action code. The deposit, which all cards of a partner share, is locked last
-- and so for the shortest time.
CREATE FUNCTION authorize_purchase(
  p_local_time bigint, p_stan bigint, p_acquirer integer,
  p_card bigint, p_expiry integer, p_amount bigint, p_currency integer
) RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
  recorded smallint;
  c record;
  user_available bigint;
  deposit_available bigint;
  answer smallint := 0;
BEGIN
  SELECT a.action_code INTO recorded FROM authorizations a
    WHERE a.local_time = p_local_time AND a.stan = p_stan AND a.acquirer = p_acquirer;
  IF FOUND THEN
    RETURN recorded;
  END IF;
  SELECT k.lock_code, k.expiry, k.balance_id, p.deposit_id INTO c
    FROM cards k JOIN programs p ON p.id = k.program_id WHERE k.pan_token = p_card;
  IF NOT FOUND THEN
    answer := 1014;
  ELSIF c.lock_code <> 0 THEN
    answer := c.lock_code;
  ELSIF c.expiry < p_expiry THEN
    answer := 1001;
  ELSE
    SELECT b.ledger - b.held INTO user_available
      FROM balances b WHERE b.id = c.balance_id FOR UPDATE;
    IF user_available < p_amount THEN
      answer := 1016;
    ELSE
      UPDATE balances SET held = held + p_amount WHERE id = c.balance_id;
    END IF;
  END IF;
  INSERT INTO authorizations
      (local_time, stan, acquirer, card, balance_id, deposit_id, amount, currency, action_code)
    VALUES (p_local_time, p_stan, p_acquirer, p_card, c.balance_id, c.deposit_id, p_amount,
      p_currency, answer);
  IF answer = 0 THEN
    SELECT d.ledger - d.held INTO deposit_available
      FROM deposits d WHERE d.id = c.deposit_id FOR UPDATE;
    IF deposit_available < p_amount THEN
      answer := 1018;
      UPDATE balances SET held = held - p_amount WHERE id = c.balance_id;
      UPDATE authorizations SET action_code = answer
        WHERE local_time = p_local_time AND stan = p_stan AND acquirer = p_acquirer;
    ELSE
      UPDATE deposits SET held = held + p_amount WHERE id = c.deposit_id;
    END IF;
  END IF;
  RETURN answer;
END
$$;
