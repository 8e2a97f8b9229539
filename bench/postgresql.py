"""One statement per query that makes the whole answer, written by hand for the newest rows of epoch 1."""

_LIVE = "{0}.valid_to = 2147483647"
_USD = "trim_scale({0}::numeric / 1000000)::text"
_PROTOCOL, _TOKEN, _ENTRY, _OBS = (_LIVE.format(name) for name in ("p", "t", "e", "o"))

# REVENUE is metric 4, PURCHASE kind 3: see models.vocabulary.
_LEADERBOARD = f"""
  SELECT p.*, r.d30 FROM rollup r JOIN protocol p ON p.protocol_id = r.subject_id AND {_PROTOCOL}
  WHERE r.epoch = 1 AND r.metric = 4 AND p.parent_id IS NULL AND p.kind <> 3
  ORDER BY r.d30 DESC, r.subject_id OFFSET $1 LIMIT {{0}}"""

_POINTS = f"""
  SELECT json_agg(json_build_object('start', o.day, 'value', {_USD.format("o.value")}) ORDER BY o.day) AS points
  FROM obs o WHERE o.series_id = s.series_id AND o.day BETWEEN $2 AND $3 AND {_OBS}"""

_SERIES = "s.subject_id = p.protocol_id AND s.metric = 4 AND s.chain_id = 0 AND s.stream = '' AND s.since <= 1"

STATEMENTS = {
    "Q1": f"""
      SELECT json_build_object('data', json_build_object('protocol', json_build_object(
        'id', p.protocol_id, 'slug', p.slug, 'name', p.name, 'category', p.category,
        'token', (SELECT json_build_object('symbol', t.symbol, 'name', t.name)
                  FROM token t WHERE t.token_id = p.token_id AND {_TOKEN}),
        'revenueStreams', (SELECT coalesce(json_agg(json_build_object('key', stream, 'label', stream)), '[]')
                           FROM (SELECT DISTINCT s.stream FROM series s
                                 WHERE s.subject_id = p.protocol_id AND s.stream <> '' AND s.since <= 1
                                 ORDER BY s.stream) streams))))::text
      FROM protocol p WHERE p.slug = $1 AND {_PROTOCOL}""",
    "Q2": f"""
      SELECT json_build_object('data', json_build_object('protocols', json_build_object('nodes', json_agg(
        json_build_object('slug', p.slug, 'name', p.name, 'token', json_build_object('symbol', t.symbol),
                          'buybacks', json_build_object('nodes', coalesce(b.nodes, '[]')))
        ORDER BY p.d30 DESC, p.protocol_id))))::text
      FROM ({_LEADERBOARD.format(50)}) p
      LEFT JOIN token t ON t.token_id = p.token_id AND {_TOKEN}
      LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object(
          'occurredAt', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          'tokens', trim_scale(e.tokens)::text, 'usd', {_USD.format("e.usd")})
          ORDER BY e.at DESC, e.entry_id DESC) AS nodes
        FROM (SELECT e.* FROM ledger_entry e WHERE e.protocol_id = p.protocol_id AND e.kind = 3 AND {_ENTRY}
              ORDER BY e.at DESC, e.entry_id DESC LIMIT 3) e) b ON true""",
    "Q3": f"""
      SELECT json_build_object('data', json_build_object('protocol', json_build_object(
        'slug', p.slug, 'series', json_build_array(json_build_object('points', coalesce(q.points, '[]'))))))::text
      FROM protocol p LEFT JOIN series s ON {_SERIES} LEFT JOIN LATERAL ({_POINTS}) q ON true
      WHERE p.slug = $1 AND {_PROTOCOL}""",
    "Q4": f"""
      SELECT json_build_object('data', json_build_object('protocols', json_build_object('nodes', json_agg(
        json_build_object('slug', p.slug,
                          'series', json_build_array(json_build_object('points', coalesce(q.points, '[]'))))
        ORDER BY p.d30 DESC, p.protocol_id))))::text
      FROM ({_LEADERBOARD.format(20)}) p
      LEFT JOIN series s ON {_SERIES} LEFT JOIN LATERAL ({_POINTS}) q ON true""",
}
