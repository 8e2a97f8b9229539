"""The statements of bench.postgresql as SQLite has them."""

_LIVE = "{0}.valid_to = 2147483647"
_PROTOCOL, _TOKEN, _ENTRY, _OBS = (_LIVE.format(name) for name in ("p", "t", "e", "o"))

# REVENUE is metric 4, PURCHASE kind 3: see models.vocabulary. Amounts are divided as text is written: exactly.
_USD = "printf('%d.%06d', {0} / 1000000, {0} % 1000000)"
# A Day is kept as the ordinal of Python's date; SQLite counts Julian days from 1,721,424.5 before its day 0.
_DAY = "date({0} + 1721424.5)"

_LEADERBOARD = f"""
  SELECT p.*, r.d30 FROM rollup r JOIN protocol p ON p.protocol_id = r.subject_id AND {_PROTOCOL}
  WHERE r.epoch = 1 AND r.metric = 4 AND p.parent_id IS NULL AND p.kind <> 3
  ORDER BY r.d30 DESC, r.subject_id LIMIT {{0}} OFFSET ?1"""

_POINTS = f"""
  SELECT json_group_array(json_object('start', {_DAY.format("o.day")}, 'value', {_USD.format("o.value")}))
  FROM obs o WHERE o.series_id = (SELECT s.series_id FROM series s WHERE s.subject_id = p.protocol_id AND s.metric = 4
                                  AND s.chain_id = 0 AND s.stream = '' AND s.since <= 1)
  AND o.day BETWEEN ?2 AND ?3 AND {_OBS} ORDER BY o.day"""

STATEMENTS = {
    "Q1": f"""
      SELECT json_object('data', json_object('protocol', json_object(
        'id', p.protocol_id, 'slug', p.slug, 'name', p.name, 'category', p.category,
        'token', (SELECT json_object('symbol', t.symbol, 'name', t.name)
                  FROM token t WHERE t.token_id = p.token_id AND {_TOKEN}),
        'revenueStreams', (SELECT json_group_array(json_object('key', stream, 'label', stream))
                           FROM (SELECT DISTINCT s.stream FROM series s
                                 WHERE s.subject_id = p.protocol_id AND s.stream <> '' AND s.since <= 1
                                 ORDER BY s.stream)))))
      FROM protocol p WHERE p.slug = ?1 AND {_PROTOCOL}""",
    "Q2": f"""
      SELECT json_object('data', json_object('protocols', json_object('nodes', json_group_array(
        json_object('slug', p.slug, 'name', p.name,
          'token', (SELECT json_object('symbol', t.symbol) FROM token t WHERE t.token_id = p.token_id AND {_TOKEN}),
          'buybacks', json_object('nodes', (
            SELECT json_group_array(json_object(
              'occurredAt', replace(substr(e.at, 1, 19), ' ', 'T') || 'Z',
              'tokens', e.tokens, 'usd', {_USD.format("e.usd")}))
            FROM (SELECT e.* FROM ledger_entry e WHERE e.protocol_id = p.protocol_id AND e.kind = 3 AND {_ENTRY}
                  ORDER BY e.at DESC, e.entry_id DESC LIMIT 3) e)))))))
      FROM ({_LEADERBOARD.format(50)}) p""",
    "Q3": f"""
      SELECT json_object('data', json_object('protocol', json_object(
        'slug', p.slug, 'series', json_array(json_object('points', json(({_POINTS})))))))
      FROM protocol p WHERE p.slug = ?1 AND {_PROTOCOL}""",
    "Q4": f"""
      SELECT json_object('data', json_object('protocols', json_object('nodes', json_group_array(
        json_object('slug', p.slug, 'series', json_array(json_object('points', json(({_POINTS})))))))))
      FROM ({_LEADERBOARD.format(20)}) p""",
}
