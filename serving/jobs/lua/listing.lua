-- Everything a client's list shows, in one trip, newest first.
-- KEYS: waiting, client waiting, client running, client finished     ARGV: key prefix, history size, then field names
-- Returns JSON: the id alone of a finished job; of a waiting or running one [position or -1, value, value, …] in the
-- order of the field names.
local live, ids, place = {}, {}, {}
local function take(key)
  local found = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = 1, #found, 2 do
    if not place[found[i]] then
      place[found[i]] = tonumber(found[i + 1])
      live[found[i]] = true
      ids[#ids + 1] = found[i]
    end
  end
end
take(KEYS[2])
take(KEYS[3])
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[4], 0, ARGV[2] - 1)) do
  local seq = not place[id] and redis.call('HGET', ARGV[1] .. 'job:' .. id, 'seq')
  if seq then
    place[id] = tonumber(seq)
    ids[#ids + 1] = id
  end
end
table.sort(ids, function(a, b) return place[a] > place[b] end)
local rows = {}
for i, id in ipairs(ids) do
  if live[id] then
    local row = redis.call('HMGET', ARGV[1] .. 'job:' .. id, unpack(ARGV, 3))
    table.insert(row, 1, redis.call('ZRANK', KEYS[1], id) or -1)
    rows[i] = row
  else
    rows[i] = id
  end
end
return #rows == 0 and '[]' or cjson.encode(rows)
