# A portfolio of RAISE-PLUS as JSON Lines, the same each time: two stages, two kinds of cost and three contributions in each case.
function amount(i, step, most) { return sprintf("%d.%02d", (i * step) % most, (i * 7) % 100) }
BEGIN {
  for (i = 1; i <= cases; i++) {
    printf "{\"id\":\"C-%07d\",\"applicant\":{\"facts\":{\"ugc_funded_university\":%s}},\"project\":{\"stages\":[", i, i % 50 ? "true" : "false"
    printf "{\"stage\":\"stage_1\",\"months\":%d,\"costs\":[{\"category\":\"staff\",\"amount\":\"%s\"},{\"category\":\"equipment\",\"amount\":\"%s\"}],", 12 + i % 30, amount(i, 7919, 60000000), amount(i, 104729, 30000000)
    printf "\"contributions\":[{\"from\":\"industry\",\"form\":\"cash\",\"amount\":\"%s\"},{\"from\":\"university\",\"form\":\"in_kind\",\"amount\":\"%s\"}]},", amount(i, 15485863, 25000000), amount(i, 32452843, 9000000)
    printf "{\"stage\":\"stage_2\",\"months\":24,\"costs\":[{\"category\":\"staff\",\"amount\":\"%s\"}],\"contributions\":[{\"from\":\"industry\",\"form\":\"cash\",\"amount\":\"%s\"}]}]},\"requested\":\"%s\"}\n", amount(i, 49979687, 50000000), amount(i, 67867967, 40000000), amount(i, 86028121, 99000000)
  }
}
