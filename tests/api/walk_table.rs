//! Who may do what, in words: the tables that the walk holds the server to. They are written by hand, from what an agency means by
//! each role, and know nothing of the code that decides.
//!
//! A cell says what happens to whoever knocks: `y` let in (it is done, or a rule or a state says no), `Y` let in and done, `n`
//! forbidden, `-` told that there is nothing here. Who does not see a case is told so at each of its doors.

/// Who walks, in the order of the columns: applicants of the case's organisation and of another one; assessors at work on the
/// case, beside the first one, on no case, and off this one for a conflict; one person of each role of the staff who has had no part
/// in any case; people who are everything at once, as strangers and as members of the applicant's organisation; members of the walked
/// cases, by their roles; somebody who is everything at once and acts for a co-applicant of them; and somebody who is everything at once
/// and is off those that are assessed for a conflict.
pub const WALKERS: [&str; 20] = [
    "own",
    "other",
    "assessor",
    "fellow",
    "free",
    "conflicted",
    "officer",
    "committee",
    "approver",
    "preparer",
    "releaser",
    "auditor",
    "administrator",
    "all",
    "insider",
    "viewer",
    "editor",
    "signer",
    "partner",
    "recused",
];

/// The rows of sight.
pub const SIGHTS: [&str; 3] = ["draft", "submitted", "assessed"];

/// Who sees a case at all. A draft is its organisation's and its members' alone; assessors see what they were given. Whoever acts for a
/// co-applicant sees nothing by that, and nothing as staff; and nor does, whatever else they are, whom a conflict keeps from a case.
const SIGHT: &str = "
                                                own other | assr fellow free confl | off com app pre rel aud adm | all insider | view edit sign part rec
draft                                            y    -   |  -     -     -     -   |  -   -   -   -   -   -   -  |  -     y  |  y    y    y    -    -
submitted                                        y    -   |  -     -     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
assessed                                         y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    -
";

/// What each door says. `@` narrows a row to these states of a case, claim or batch, or to oneself or another.
const DOORS: &str = "
                                                own other | assr fellow free confl | off com app pre rel aud adm | all insider | view edit sign part rec
GET    /applications/{id}                        y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/status                 y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/pre-check              y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/calculations           y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/members                y    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     y  |  y    y    y    -    y
POST   /applications/{id}/members                y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
PUT    /members/{id}/role                        y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /members/{id}/end                         y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
GET    /invitations                              y    y   |  y     y     y     y   |  y   y   y   y   y   y   y  |  y     y  |  y    y    y    y    y
POST   /members/{id}/acceptance                  -    -   |  -     -     -     -   |  -   -   -   -   -   -   -  |  -     -  |  y    -    -    -    -
POST   /members/{id}/declination                 -    -   |  -     -     -     -   |  -   -   -   -   -   -   -  |  -     -  |  y    -    -    -    -
GET    /applications/{id}/attachments            y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
POST   /applications/{id}/attachments            y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    y    y    -    n
GET    /attachments/{id}                         y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /attachments/{id}/content                 y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
DELETE /attachments/{id}                         y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    y    y    -    n
  @draft                                         Y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     Y  |  n    Y    Y    -    n
GET    /applications/{id}/award
  @offered,accepted,suspended,declined,lapsed    y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @terminated,completed                          y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @approved,withdrawn                            -    -   |  -     -     -     -   |  y   y   y   y   y   y   -  |  y     -  |  -    -    -    -    y
  @draft,submitted,returned,ineligible           -    -   |  -     -     -     -   |  -   -   -   -   -   -   -  |  -     -  |  -    -    -    -    -
  @in_assessment,recommended,on_reserve,rejected -    -   |  -     -     -     -   |  -   -   -   -   -   -   -  |  -     -  |  -    -    -    -    -
  @refused                                       -    -   |  -     -     -     -   |  -   -   -   -   -   -   -  |  -     -  |  -    -    -    -    -
GET    /applications/{id}/statement              -    -   |  n     n     -     -   |  -   -   -   -   -   -   -  |  -     -  |  -    -    -    -    -
  @offered,accepted,suspended,declined,lapsed    y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @terminated,completed                          y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @approved,withdrawn                            -    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     -  |  -    -    -    -    y
GET    /applications/{id}/statement.csv          -    -   |  n     n     -     -   |  -   -   -   -   -   -   -  |  -     -  |  -    -    -    -    -
  @offered,accepted,suspended,declined,lapsed    y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @terminated,completed                          y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @approved,withdrawn                            -    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     -  |  -    -    -    -    y
GET    /applications/{id}/statement.xlsx         -    -   |  n     n     -     -   |  -   -   -   -   -   -   -  |  -     -  |  -    -    -    -    -
  @offered,accepted,suspended,declined,lapsed    y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @terminated,completed                          y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @approved,withdrawn                            -    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     -  |  -    -    -    -    y
GET    /applications/{id}/statement.pdf          -    -   |  n     n     -     -   |  -   -   -   -   -   -   -  |  -     -  |  -    -    -    -    -
  @offered,accepted,suspended,declined,lapsed    y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @terminated,completed                          y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
  @approved,withdrawn                            -    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     -  |  -    -    -    -    y
GET    /applications/{id}/letters                y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/letters/{letter}       y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/letters/{letter}/pdf   y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/assessments            n    -   |  y     y     -     -   |  y   y   y   n   n   y   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/audit                  n    -   |  n     n     -     -   |  n   n   n   n   n   y   -  |  y     n  |  n    n    n    -    y
PUT    /applications/{id}/content                y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    y    y    -    n
POST   /applications/{id}/submission             y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/withdrawal             y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/screening              n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/reinstatement          n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/assessments            n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/assessment-steps       n    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/assessment-steps       n    -   |  n     n     -     -   |  y   y   n   n   n   n   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/clocks                 n    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/feedback               y    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     y  |  y    y    y    -    y
POST   /applications/{id}/feedback               n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/recommendation         n    -   |  n     n     -     -   |  n   y   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/rejection              n    -   |  n     n     -     -   |  n   y   y   n   n   n   -  |  y     n  |  n    n    n    -    y
  @recommended                                   n    -   |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/approval               n    -   |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
  @recommended                                   n    -   |  n     n     -     -   |  n   n   Y   n   n   n   -  |  Y     n  |  n    n    n    -    -
GET    /applications/{id}/approval-routes        n    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/reconsideration        n    -   |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/deferral               n    -   |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/deferral-end           n    -   |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/check-resets           n    -   |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/sittings               n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/sittings               n    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/sittings/{number}/votes n    -  |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/sittings/{number}/closing n  -  |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/sittings/{number}/giving-up n -  |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /agendas                                  n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /agendas                                  n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /agendas/{id}                             n    n   |  n     n     n     n   |  -   -   -   n   n   -   n  |  -     -  |  n    n    n    -    -
POST   /agendas/{id}/votes                       n    n   |  n     n     n     n   |  n   n   -   n   n   n   n  |  -     -  |  n    n    n    -    -
POST   /agendas/{id}/closing                     n    n   |  n     n     n     n   |  n   n   -   n   n   n   n  |  -     -  |  n    n    n    -    -
POST   /agendas/{id}/giving-up                   n    n   |  n     n     n     n   |  -   n   n   n   n   n   n  |  -     -  |  n    n    n    -    -
POST   /delegations                              n    n   |  n     n     n     n   |  n   n   y   n   n   n   y  |  y     y  |  n    n    n    y    y
GET    /delegations                              n    n   |  n     n     n     n   |  n   n   y   n   n   y   y  |  y     y  |  n    n    n    y    y
POST   /delegations/{id}/end                     n    n   |  n     n     n     n   |  n   n   -   n   n   n   y  |  y     y  |  n    n    n    y    y
POST   /applications/{id}/offer                  n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
  @approved                                      n    -   |  n     n     -     -   |  Y   n   n   n   n   n   -  |  Y     n  |  n    n    n    -    -
POST   /applications/{id}/telling                n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
  @refused                                       n    -   |  n     n     -     -   |  Y   n   n   n   n   n   -  |  Y     n  |  n    n    n    -    -
POST   /applications/{id}/lapse                  n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/acceptance             y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
  @offered                                       Y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     Y  |  n    n    Y    -    n
POST   /applications/{id}/declination            y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/claims                 y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
GET    /applications/{id}/change-requests        y    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/change-requests/{number} y  -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     y  |  y    y    y    -    y
POST   /applications/{id}/change-requests        y    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     y  |  n    n    y    -    y
POST   /applications/{id}/change-requests/{number}/withdrawal y - | n n  -     -   |  y   n   n   n   n   n   -  |  y     y  |  n    n    y    -    y
POST   /applications/{id}/change-requests/{number}/return n - |  n     n     -     - |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/change-requests/{number}/answer y - |  n     n     -     - |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/change-requests/{number}/forwarding n - | n  n     -     - |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/change-requests/{number}/decision n - |  n    n     -    - |  y   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/reviews                y    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/reviews/{number}       y    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     y  |  y    y    y    -    y
POST   /applications/{id}/reviews                y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/reviews/{number}/withdrawal y - |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/reviews/{number}/decision n -  |  n     n     -     -   |  n   n   y   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /claims/{id}/queries                      n    -   |  n     n     -     -   |  y   n   n   y   y   n   -  |  y     n  |  n    n    n    -    y
POST   /claims/{id}/answer                       y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /claims/{id}/return                       n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /claims/{id}/certification                n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /assessments/{id}/acceptance              n    -   |  y     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
  @conflicted                                    n    -   |  -     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
POST   /assessments/{id}/declination             n    -   |  y     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
  @conflicted                                    n    -   |  -     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
POST   /assessments/{id}/withdrawal              n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /assessments/{id}/conflict                n    -   |  y     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
  @conflicted                                    n    -   |  -     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
POST   /assessments/{id}/score                   n    -   |  y     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
  @conflicted                                    n    -   |  -     -     -     -   |  n   n   n   n   n   n   -  |  n     n  |  n    n    n    -    n
POST   /allocations                              n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /schemes/{code}/allocation-plans          n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /applications                             y    y   |  y     y     y     y   |  y   y   y   y   y   y   y  |  y     y  |  y    y    y    y    y
POST   /applications                             y    n   |  n     n     n     n   |  n   n   n   n   n   n   n  |  n     y  |  n    n    n    n    n
GET    /applications/{id}/candidates             n    -   |  n     n     -     -   |  y   n   n   n   n   y   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/conflict-overrides     n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /conflict-overrides/{id}/confirmation     n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    -    y
GET    /expertise                                n    n   |  y     y     y     y   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /expertise                                n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /assessors                                n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /assessors/{id}                           n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
  @oneself                                       n    n   |  y     y     y     y   |  -   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
PUT    /assessors/{id}/profile                   n    n   |  n     n     n     n   |  n   n   n   n   n   n   n  |  n     n  |  n    n    n    n    n
  @oneself                                       n    n   |  y     y     y     y   |  n   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /assessors/{id}/declarations              n    n   |  n     n     n     n   |  n   n   n   n   n   n   n  |  n     n  |  n    n    n    n    n
  @oneself                                       n    n   |  y     y     y     y   |  n   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /work                                     y    y   |  y     y     y     y   |  y   y   y   y   y   y   y  |  y     y  |  y    y    y    y    y
GET    /round-decisions/proposal                 n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /reserve-lists                            n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
POST   /round-decisions                          n    n   |  n     n     n     n   |  n   y   y   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /reserve-lists/move-up                    n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /reserve-lists/close                      n    n   |  n     n     n     n   |  n   n   y   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /panels                                   n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
POST   /panels                                   n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /panels/{id}                              n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     n  |  n    n    n    n    n
GET    /panels/{id}/cases                        n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     n  |  n    n    n    n    n
GET    /panels/{id}/minutes                      n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     n  |  n    n    n    n    n
POST   /panels/{id}/minutes                      n    n   |  n     n     n     n   |  y   y   n   n   n   n   n  |  y     n  |  n    n    n    n    n
GET    /batches                                  n    n   |  n     n     n     n   |  n   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /batches/{id}                             n    n   |  n     n     n     n   |  n   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
POST   /batches                                  n    n   |  n     n     n     n   |  n   n   n   y   n   n   n  |  y     n  |  n    n    n    -    -
POST   /batches/{id}/release                     n    n   |  n     n     n     n   |  n   n   n   n   y   n   n  |  y     n  |  n    n    n    -    -
  @prepared                                      n    n   |  n     n     n     n   |  n   n   n   n   Y   n   n  |  Y     n  |  n    n    n    -    -
POST   /batches/{id}/dissolution                 n    n   |  n     n     n     n   |  n   n   n   y   y   n   n  |  y     n  |  n    n    n    -    -
POST   /batches/{id}/bank-file                   n    n   |  n     n     n     n   |  n   n   n   y   y   n   n  |  y     n  |  n    n    n    -    -
GET    /batches/{id}/bank-answers                n    n   |  n     n     n     n   |  n   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
POST   /batches/{id}/bank-answers                n    n   |  n     n     n     n   |  n   n   n   y   y   n   n  |  y     n  |  n    n    n    -    -
POST   /bank-statements                          n    n   |  n     n     n     n   |  n   n   n   y   y   n   n  |  y     y  |  n    n    n    y    y
GET    /unmatched-items                          n    n   |  n     n     n     n   |  n   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
POST   /unmatched-items/{id}/closing             n    n   |  n     n     n     n   |  n   n   n   -   -   n   n  |  -     -  |  n    n    n    -    -
GET    /reports/disbursements                    n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/disbursements.csv                n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/disbursements.xlsx               n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/envelopes                        n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/envelopes.csv                    n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/envelopes.xlsx                   n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/clocks                           n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/rounds                           n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /relations                                n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
POST   /relations                                n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    n    y
POST   /relations/{id}/end                       n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    n    y
GET    /debarments                               n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
POST   /debarments                               n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    n    y
POST   /debarments/{id}/confirmation             n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    n    y
POST   /debarments/{id}/end                      n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    n    y
POST   /debarments/{id}/end-confirmation         n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    n    y
GET    /applications/{id}/obligations            y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
POST   /applications/{id}/obligations/{obligation}/submissions y - |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/obligations/{obligation}/acceptance n - |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/obligations/{obligation}/return n  - |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
GET    /reports/commitments                      n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/commitments.csv                  n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/commitments.xlsx                 n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/forecast                         n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/forecast.csv                     n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/forecast.xlsx                    n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /exports                                  n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
POST   /exports                                  n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /exports/{id}                             n    n   |  n     n     n     n   |  -   n   n   -   -   -   n  |  -     -  |  n    n    n    -    -
GET    /exports/{id}/file                        n    n   |  n     n     n     n   |  -   n   n   -   -   -   n  |  -     -  |  n    n    n    -    -
GET    /reports/obligations                      n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/obligations.csv                  n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/obligations.xlsx                 n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /holds                                    n    n   |  n     n     n     n   |  y   y   y   y   y   y   n  |  y     y  |  n    n    n    y    y
POST   /holds                                    n    n   |  n     n     n     n   |  y   n   n   y   y   n   n  |  y     n  |  n    n    n    n    y
POST   /holds/{id}/lifting                       n    n   |  n     n     n     n   |  y   n   n   y   y   n   n  |  y     n  |  n    n    n    n    y
GET    /recoveries                               n    n   |  n     n     n     n   |  y   y   y   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/recoveries                       n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/recoveries.csv                   n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/recoveries.xlsx                  n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/recovery-ageing                  n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/recovery-ageing.csv              n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /reports/recovery-ageing.xlsx             n    n   |  n     n     n     n   |  y   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
GET    /applications/{id}/recoveries             y    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
POST   /applications/{id}/recoveries             n    -   |  n     n     -     -   |  y   n   n   y   y   n   -  |  y     n  |  n    n    n    -    y
GET    /recoveries/{id}                          -    -   |  n     n     -     -   |  y   y   y   y   y   y   -  |  y     -  |  -    -    -    -    -
POST   /recoveries/{id}/confirmation             n    -   |  n     n     -     -   |  y   n   n   y   y   n   -  |  y     n  |  n    n    n    -    -
POST   /recoveries/{id}/withdrawal               n    -   |  n     n     -     -   |  y   n   n   y   y   n   -  |  y     n  |  n    n    n    -    -
POST   /recoveries/{id}/arrangements             n    -   |  n     n     -     -   |  y   n   n   y   y   n   -  |  y     n  |  n    n    n    -    -
POST   /recoveries/{id}/write-offs               n    -   |  n     n     -     -   |  y   n   n   y   y   n   -  |  y     n  |  n    n    n    -    -
POST   /recoveries/{id}/receipts                 n    -   |  n     n     -     -   |  n   n   n   y   y   n   -  |  y     n  |  n    n    n    -    -
POST   /recoveries/{id}/interest                 n    -   |  n     n     -     -   |  n   n   n   y   y   n   -  |  y     n  |  n    n    n    -    -
POST   /recoveries/{id}/entries/{entry}/reversal n    -   |  n     n     -     -   |  n   n   n   y   y   n   -  |  y     n  |  n    n    n    -    -
POST   /recoveries/{id}/write-offs/{write_off}/approval n    -   |  n     n     -     -   |  n   n   y   n   y   n   -  |  y     n  |  n    n    n    -    -
GET    /extensions                               y    y   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  y    y    y    y    y
POST   /extensions                               n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     n  |  n    n    n    n    y
GET    /scheme-drafts                            n    n   |  n     n     n     n   |  y   n   n   n   n   y   n  |  y     y  |  n    n    n    y    y
POST   /scheme-drafts                            n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /scheme-drafts/{id}                       n    n   |  n     n     n     n   |  y   n   n   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /scheme-drafts/{id}/diff                  n    n   |  n     n     n     n   |  y   n   n   n   n   y   n  |  y     y  |  n    n    n    y    y
PUT    /scheme-drafts/{id}/text                  n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /scheme-drafts/{id}/discard               n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /scheme-drafts/{id}/proposal              n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /scheme-drafts/{id}/return                n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /scheme-drafts/{id}/publication           n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
POST   /scheme-drafts/{id}/rehearsals            n    n   |  n     n     n     n   |  y   n   n   n   n   n   n  |  y     y  |  n    n    n    y    y
GET    /scheme-drafts/{id}/rehearsals            n    n   |  n     n     n     n   |  y   n   n   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /rehearsals/{id}                          n    n   |  n     n     n     n   |  y   n   n   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /rehearsals/{id}/cases                    n    n   |  n     n     n     n   |  y   n   n   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /schemes/{code}/texts                     n    n   |  n     n     n     n   |  y   n   n   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /people                                   n    n   |  n     n     n     n   |  n   n   n   n   n   y   y  |  y     y  |  n    n    n    y    y
POST   /people                                   n    n   |  n     n     n     n   |  n   n   n   n   n   n   y  |  y     y  |  n    n    n    y    y
GET    /people/{id}                              n    n   |  n     n     n     n   |  n   n   n   n   n   y   y  |  y     y  |  n    n    n    y    y
  @oneself                                       y    y   |  y     y     y     y   |  y   y   y   y   y   y   y  |  y     y  |  y    y    y    y    y
GET    /people/{id}/authorities                  n    n   |  n     n     n     n   |  n   n   n   n   n   y   y  |  y     y  |  n    n    n    y    y
  @oneself                                       y    y   |  y     y     y     y   |  y   y   y   y   y   y   y  |  y     y  |  y    y    y    y    y
PUT    /people/{id}/roles                        n    n   |  n     n     n     n   |  n   n   n   n   n   n   y  |  y     y  |  n    n    n    y    y
  @oneself                                       n    n   |  n     n     n     n   |  n   n   n   n   n   n   n  |  n     n  |  n    n    n    n    n
PUT    /people/{id}/authorities                  n    n   |  n     n     n     n   |  n   n   n   n   n   n   y  |  y     y  |  n    n    n    y    y
  @oneself                                       n    n   |  n     n     n     n   |  n   n   n   n   n   n   n  |  n     n  |  n    n    n    n    n
GET    /outbox/dead                              n    n   |  n     n     n     n   |  n   n   n   n   n   n   y  |  y     y  |  n    n    n    y    y
POST   /outbox/{id}/retry                        n    n   |  n     n     n     n   |  n   n   n   n   n   n   y  |  y     y  |  n    n    n    y    y
GET    /me                                       y    y   |  y     y     y     y   |  y   y   y   y   y   y   y  |  y     y  |  y    y    y    y    y
DELETE /sessions/current                         Y    Y   |  Y     Y     Y     Y   |  Y   Y   Y   Y   Y   Y   Y  |  Y     Y  |  Y    Y    Y    Y    Y
POST   /applications/{id}/resubmission           y    -   |  n     n     -     -   |  n   n   n   n   n   n   -  |  n     y  |  n    n    y    -    n
POST   /applications/{id}/return                 n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
POST   /applications/{id}/return-end             n    -   |  n     n     -     -   |  y   n   n   n   n   n   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/returns                y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/revisions              y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/revisions/{number}     y    -   |  y     y     -     -   |  y   y   y   y   y   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/history                y    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     y  |  y    y    y    -    y
GET    /applications/{id}/signals                n    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     n  |  n    n    n    -    y
GET    /applications/{id}/debarments             n    -   |  n     n     -     -   |  y   y   y   n   n   y   -  |  y     n  |  n    n    n    -    y
GET    /reports/dues                             n    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
GET    /organisations/{id}/particulars           y    n   |  n     n     n     n   |  y   y   y   n   n   y   n  |  y     y  |  n    n    n    y    y
PUT    /organisations/{id}/particulars           y    n   |  n     n     n     n   |  n   n   n   n   n   n   n  |  n     y  |  n    n    n    n    n
GET    /organisations/{id}/payee-accounts        y    n   |  n     n     n     n   |  n   n   n   y   y   y   n  |  y     y  |  n    n    n    y    y
POST   /organisations/{id}/payee-accounts        y    n   |  n     n     n     n   |  n   n   n   y   y   n   n  |  y     y  |  n    n    n    y    y
POST   /payee-accounts/{id}/confirmation         n    n   |  n     n     n     n   |  n   n   n   y   y   n   n  |  y     n  |  n    n    n    n    y
POST   /payee-accounts/{id}/end                  y    -   |  -     -     -     -   |  -   -   -   y   y   n   -  |  y     y  |  -    -    -    y    y
";

/// The doors that ask nobody who they are, and what they answer to what the walk sends.
pub const OPEN: [(&str, u16, &str); 18] = [
    ("GET /schemes", 200, ""),
    ("GET /schemes/{code}", 200, ""),
    ("GET /schemes/{code}/rounds", 200, ""),
    ("GET /schemes/{code}/texts/{hash}", 200, ""),
    ("GET /schemes/{code}/diff", 200, ""),
    ("POST /schemes/{code}/calculations", 200, ""),
    ("GET /schemes/{code}/calculations/schema", 200, ""),
    ("GET /schemes/{code}/form", 200, ""),
    ("POST /sessions", 401, "session.credentials"),
    ("POST /sessions/refresh", 401, "session.ended"),
    ("POST /registrations", 422, "organisation.ubi_not_eight_digits"),
    ("POST /password-links", 202, ""),
    ("POST /passwords", 409, "password.link_spent"),
    ("GET /openapi.json", 200, ""),
    ("POST /clock", 200, ""),
    ("GET /health/live", 200, ""),
    ("GET /health/ready", 200, ""),
    ("GET /metrics", 200, ""),
];

/// The word in which somebody is told where a case stands who does not work on it for the agency.
pub fn public_word(state: &str) -> &str {
    match state {
        "submitted" => "received",
        "in_assessment" | "recommended" | "on_reserve" | "refused" | "approved" => "under_consideration",
        "rejected" => "unsuccessful",
        told => told,
    }
}

/// A row of the table of doors.
pub struct Row {
    pub door: String,
    /// Of what it holds; of everything else where it names nothing.
    kinds: Vec<&'static str>,
    pub cells: Vec<char>,
}

pub fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut door = String::new();
    for line in DOORS.lines().skip(2) {
        let mut words = line.split_whitespace().filter(|word| *word != "|").peekable();
        if !line.starts_with(' ') {
            door = words.by_ref().take(2).collect::<Vec<_>>().join(" ");
        }
        let narrowed = words.peek().and_then(|word| word.strip_prefix('@'));
        let kinds = narrowed.map(|kinds| kinds.split(',').collect::<Vec<_>>()).unwrap_or_default();
        let words = words.skip(usize::from(!kinds.is_empty()));
        let cells = words.map(|cell| cell.parse().unwrap()).collect::<Vec<char>>();
        // The line above narrower rows may say nothing by itself.
        if !cells.is_empty() {
            assert_eq!(cells.len(), WALKERS.len(), "{line}");
            rows.push(Row { door: door.clone(), kinds, cells });
        }
    }
    rows
}

/// The row of a door for something of this kind: one that names the kind goes before the one that names none.
pub fn row_of<'r>(rows: &'r [Row], door: &str, kind: &str) -> &'r Row {
    let at = |row: &&Row| row.door == door;
    let narrow = rows.iter().filter(at).find(|row| row.kinds.contains(&kind));
    narrow
        .or_else(|| rows.iter().filter(at).find(|row| row.kinds.is_empty()))
        .unwrap_or_else(|| panic!("{door} @{kind}"))
}

/// Whether a column sees what stands there: `None` where seeing is no question.
pub fn sees(sight: &str, column: usize) -> bool {
    let line = SIGHT.lines().find(|line| line.split_whitespace().next() == Some(sight)).unwrap();
    line.split_whitespace().skip(1).filter(|word| *word != "|").nth(column).unwrap() == "y"
}
