-- Everything a client's list shows, in one trip, newest first.
-- KEYS: waiting, client waiting, client running, client finished     ARGV: key prefix, history size, then field names
-- Returns JSON: the id alone of a finished job; of a waiting or running one [position or -1, value, value, …] in the
-- order of the field names.
local live, ids, place = {}, {}, {}
local function take(key, first, is_live)
  local found = redis.call('ZRANGE', key, first, -1, 'WITHSCORES')
  for i = 1, #found, 2 do
    if not place[found[i]] then
      place[found[i]] = tonumber(found[i + 1])
      live[found[i]] = is_live
      ids[#ids + 1] = found[i]
    end
  end
end
take(KEYS[2], 0, true)
take(KEYS[3], 0, true)
take(KEYS[4], -tonumber(ARGV[2]), false)
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
