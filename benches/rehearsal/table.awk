# The same portfolio as a table.
function amount(i, step, most) { return sprintf("%d.%02d", (i * step) % most, (i * 7) % 100) }
BEGIN {
  print "id,applicant.ugc_funded_university,months.stage_1,cost.stage_1.staff,cost.stage_1.equipment,contribution.stage_1.industry.cash,contribution.stage_1.university.in_kind,months.stage_2,cost.stage_2.staff,contribution.stage_2.industry.cash,requested"
  for (i = 1; i <= cases; i++)
    printf "C-%07d,%s,%d,%s,%s,%s,%s,24,%s,%s,%s\n", i, i % 50 ? "true" : "false", 12 + i % 30, amount(i, 7919, 60000000), amount(i, 104729, 30000000), amount(i, 15485863, 25000000), amount(i, 32452843, 9000000), amount(i, 49979687, 50000000), amount(i, 67867967, 40000000), amount(i, 86028121, 99000000)
}
