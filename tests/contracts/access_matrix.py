"""What everybody is answered at every address: the access matrix, one line per route and method.

A route without a line fails the build, and so does a line without a route. To add your route, add a line to TABLE:

    GET    /b/{board}       200  200  --   --   --   --   wait --   in   in   in

The answers stand in the order of the headings. A word or a number is

    200 …   that status             in      sent to sign in (303 to /login, or 401 where no page was asked for)
    --      404, as if nothing were there
    go      303 to another page     wait    403, the account waits to be checked

Names in braces are those of `world.py`: Ada owns {case}, {board}, {draft} and {upload}; Ben, who reads that board,
wrote {comment} and drew {mark}; {wish} waits for a second look at another case of hers; {link} is the secret of a
share of the case. A change is sent empty: whoever may make it is then mostly answered 422, and whoever may not 404.
Put what must be in it into DATA where an empty one is 404 for everybody.
"""

from dataclasses import dataclass, field

ORDER = ["ada", "ben", "cleo", "tom", "dee", "pat", "pia", "oz", "rex", "gil", "nobody"]

DATA = {"POST /c/{case}/pin": {"board": "{board}"}}

TABLE = """
# Static files                                            ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody

# Health                                                  ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /healthz                                           200  200  200  200  200  200  200  200  200  200  200
GET    /readyz                                            200  200  200  200  200  200  200  200  200  200  200
GET    /robots.txt                                        200  200  200  200  200  200  200  200  200  200  200

# The installed app                                       ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /manifest.webmanifest                              200  200  200  200  200  200  200  200  200  200  200
GET    /offline                                           200  200  200  200  200  200  200  200  200  200  200
GET    /sw.js                                             200  200  200  200  200  200  200  200  200  200  200

# Help                                                    ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /help                                              200  200  200  200  200  200  200  200  in   in   in
GET    /help/shortcuts                                    200  200  200  200  200  200  200  200  in   in   in
GET    /help/commands                                    200  200  200  200  200  200  200  200  in   in   in

# Getting in and out, own settings                        ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /lock                                              go   go   go   go   go   go   go   go   in   in   in
POST   /lock                                              go   go   go   go   go   go   go   go   in   in   in
GET    /login                                             go   go   go   go   go   go   go   go   200  200  200
POST   /login                                             422  422  422  422  422  422  422  422  422  422  422
POST   /logout                                            in   in   in   in   in   in   in   in   in   in   in
GET    /settings                                          go   go   go   go   go   go   go   go   in   in   in
GET    /settings/appearance                               200  200  200  200  200  200  200  200  in   in   in
POST   /settings/appearance                               422  422  422  422  422  422  422  422  in   in   in
POST   /settings/password                                 422  422  422  422  422  422  422  422  in   in   in
GET    /settings/profile                                  200  200  200  200  200  200  200  200  in   in   in
POST   /settings/profile                                  go   go   go   go   go   go   go   go   in   in   in
GET    /settings/sessions                                 200  200  200  200  200  200  200  200  in   in   in
POST   /settings/sessions/end-others                      go   go   go   go   go   go   go   go   in   in   in
POST   /settings/sessions/{session_of_ben}/end            --   in   --   --   --   --   --   --   in   in   in
GET    /setup                                             in   in   in   in   in   in   in   in   in   in   in
POST   /setup                                             in   in   in   in   in   in   in   in   in   in   in
POST   /unlock                                            422  422  422  422  422  422  422  422  in   in   in
GET    {invited}                                          200  200  200  200  200  200  200  200  200  200  200
POST   {invited}                                          422  422  422  422  422  422  422  422  422  422  422
GET    {reset}                                            200  200  200  200  200  200  200  200  200  200  200
POST   {reset}                                            422  422  422  422  422  422  422  422  422  422  422

# Administration                                          ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /admin                                             --   --   --   --   --   --   --   go   in   in   in
GET    /admin/audit                                       --   --   --   --   --   --   --   200  in   in   in
GET    /admin/audit.csv                                   --   --   --   --   --   --   --   200  in   in   in
POST   /admin/audit/verify                                --   --   --   --   --   --   --   200  in   in   in
GET    /admin/boards                                      --   --   --   --   --   --   --   200  in   in   in
GET    /admin/invitations                                 --   --   --   --   --   --   --   200  in   in   in
POST   /admin/invitations                                 --   --   --   --   --   --   --   200  in   in   in
POST   /admin/invitations/{invitation}/revoke             --   --   --   --   --   --   --   go   in   in   in
GET    /admin/people                                      --   --   --   --   --   --   --   200  in   in   in
GET    /admin/people/{ben}                                --   --   --   --   --   --   --   200  in   in   in
POST   /admin/people/{ben}/logout                         --   --   --   --   --   --   --   go   in   in   in
POST   /admin/people/{ben}/reset                          --   --   --   --   --   --   --   200  in   in   in
POST   /admin/people/{ben}/verify                         --   --   --   --   --   --   --   422  in   in   in
GET    /admin/proof                                       --   --   --   --   --   --   --   200  in   in   in
POST   /admin/proof                                       --   --   --   --   --   --   --   go   in   in   in
GET    /admin/proof/{proof}                               --   --   --   --   --   --   --   200  in   in   in
GET    /admin/proof/{proof}.txt                           --   --   --   --   --   --   --   200  in   in   in
GET    /admin/settings                                    --   --   --   --   --   --   --   200  in   in   in
POST   /admin/settings                                    --   --   --   --   --   --   --   422  in   in   in

# People                                                  ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /people                                            200  200  200  200  --   --   wait --   in   in   in
GET    /u/{ben}                                           200  200  200  200  --   --   wait --   in   in   in

# Boards                                                  ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /                                                  200  200  200  200  go   go   200  go   200  200  200
GET    /b/{board}                                         200  200  --   --   --   --   wait --   in   in   in
POST   /b/{board}/archive                                 go   --   --   --   --   --   wait --   in   in   in
POST   /b/{board}/people                                  422  --   --   --   --   --   wait --   in   in   in
POST   /b/{board}/people/{ben}/remove                     go   --   --   --   --   --   wait --   in   in   in
GET    /b/{board}/news                                    200  200  --   --   --   --   wait --   in   in   in
GET    /b/{board}/filters                                 200  200  --   --   --   --   wait --   in   in   in
GET    /b/{board}/pins                                    200  200  --   --   --   --   wait --   in   in   in
POST   /b/{board}/seen                                    go   go   --   --   --   --   wait --   in   in   in
POST   /b/{board}/pins/{pin}/remove                       go   --   --   --   --   --   wait --   in   in   in
GET    /b/{board}/settings                                200  --   --   --   --   --   wait --   in   in   in
POST   /b/{board}/settings                                go   --   --   --   --   --   wait --   in   in   in
GET    /boards                                            200  200  200  200  --   --   wait --   in   in   in
POST   /boards                                            422  422  422  --   --   --   wait --   in   in   in
GET    /boards/list                                       200  200  200  200  --   --   wait --   in   in   in
GET    /boards/new                                        200  200  200  --   --   --   wait --   in   in   in
GET    /c/{case}/pin                                      200  200  200  --   --   --   wait --   in   in   in
POST   /c/{case}/pin                                      go   --   --   --   --   --   wait --   in   in   in
GET    /feed                                              200  200  200  200  --   --   wait --   in   in   in
GET    /feed/news                                         200  200  200  200  --   --   wait --   in   in   in
POST   /feed/seen                                         go   go   go   go   --   --   wait --   in   in   in
GET    /admin/boards/{specialty}                          --   --   --   --   --   --   --   200  in   in   in
POST   /admin/boards/{specialty}/people                   --   --   --   --   --   --   --   422  in   in   in
POST   /admin/boards/{specialty}/people/{ben}/remove      --   --   --   --   --   --   --   go   in   in   in
GET    /b/{board}/arrange                                 200  200  --   --   --   --   wait --   in   in   in
POST   /b/{board}/arrange                                 422  422  --   --   --   --   wait --   in   in   in
POST   /b/{board}/order                                   409  --   --   --   --   --   wait --   in   in   in
POST   /b/{board}/sections                                422  --   --   --   --   --   wait --   in   in   in
POST   /b/{board}/sections/{section}                      422  --   --   --   --   --   wait --   in   in   in
POST   /b/{board}/follow                                  go   go   --   --   --   --   wait --   in   in   in
POST   /b/{board}/look                                    go   --   --   --   --   --   wait --   in   in   in
POST   /b/{board}/remove                                  go   --   --   --   --   --   wait --   in   in   in
POST   /boards/undo/{undo}                                --   --   --   --   --   --   wait --   in   in   in
GET    /groups                                            200  200  200  200  --   --   wait --   in   in   in
POST   /groups                                            422  422  422  --   --   --   wait --   in   in   in
GET    /groups/{group}                                    200  200  --   --   --   --   wait --   in   in   in
POST   /groups/{group}/people                             422  --   --   --   --   --   wait --   in   in   in
POST   /groups/{group}/people/{ben}/remove                go   go   --   --   --   --   wait --   in   in   in

# What is carried away                                    ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}/download                                 200  200  200  --   --   --   wait --   in   in   in
GET    /c/{case}/download/images.zip                      409  409  409  --   --   --   wait --   in   in   in
GET    /c/{case}/download/progress                        200  200  200  --   --   --   wait --   in   in   in
GET    /c/{case}/download/{media}/f0.png                  409  409  409  --   --   --   wait --   in   in   in
GET    /my/c/{case}/download                              --   --   --   --   --   200  --   --   in   in   in
GET    /my/c/{case}/download/images.zip                   --   --   --   --   --   409  --   --   in   in   in
GET    /my/c/{case}/download/progress                     --   --   --   --   --   200  --   --   in   in   in
GET    /my/c/{case}/download/{media}/f0.png               --   --   --   --   --   409  --   --   in   in   in
GET    /s/{link}/download                                 200  200  200  200  200  200  200  200  200  200  200
GET    /s/{link}/download/images.zip                      409  409  409  409  409  409  409  409  409  409  409
GET    /s/{link}/download/progress                        200  200  200  200  200  200  200  200  200  200  200
GET    /s/{link}/download/{media}/f0.png                  409  409  409  409  409  409  409  409  409  409  409

# Cases                                                   ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}                                          200  200  200  200  --   --   wait --   in   in   in
GET    /c/{case}/receipt                                  200  200  200  200  --   --   wait --   in   in   in
GET    /c/{case}/similar                                  200  200  200  200  --   --   wait --   in   in   in
GET    /c/{case}/series/1                                 200  200  200  200  --   --   wait --   in   in   in
GET    /c/{case}/series/1/view.json                       200  200  200  200  --   --   wait --   in   in   in
GET    /c/{case}/glimpse.json                             200  200  200  200  --   --   wait --   in   in   in
POST   /c/{case}/uncover                                  go   go   go   go   --   --   wait --   in   in   in
POST   /c/{case}/series/1/key                             422  --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/solve                                    200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/solve                                    go   --   --   --   --   --   wait --   in   in   in

# Reports                                                 ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}/flag                                     200  200  200  200  --   --   wait --   in   in   in
POST   /c/{case}/flag                                     422  422  422  422  --   --   wait --   in   in   in
GET    /flags                                             --   --   200  --   --   --   --   --   in   in   in
GET    /flags/{flag}/erase                                --   --   200  --   --   --   --   --   in   in   in
POST   /flags/{flag}/erase                                --   --   go   --   --   --   --   --   in   in   in
POST   /flags/{flag}/show                                 --   --   go   --   --   --   --   --   in   in   in
GET    /my/c/{case}/series/1/view.json                    --   --   --   --   --   200  --   --   in   in   in
GET    /s/{link}/series/1/view.json                       200  200  200  200  200  200  200  200  200  200  200
GET    /my/c/{case}/flag                                  --   --   --   --   --   200  --   --   in   in   in
POST   /my/c/{case}/flag                                  --   --   --   --   --   422  --   --   in   in   in
GET    /s/{link}/flag                                     200  200  200  200  200  200  200  200  200  200  200
POST   /s/{link}/flag                                     422  422  422  422  422  422  422  422  422  422  422

# Comments                                                ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}/comments                                 go   go   go   go   --   --   wait --   in   in   in
POST   /c/{case}/comments                                 422  422  422  422  --   --   wait --   in   in   in
GET    /c/{case}/comments/{comment}                       go   go   go   go   --   --   wait --   in   in   in
POST   /c/{case}/comments/{comment}/delete                --   go   --   --   --   --   wait --   in   in   in
GET    /c/{case}/comments/{comment}/edit                  --   200  --   --   --   --   wait --   in   in   in
POST   /c/{case}/comments/{comment}/edit                  --   422  --   --   --   --   wait --   in   in   in
GET    /c/{case}/comments/{comment}/reply                 200  200  200  200  --   --   wait --   in   in   in
POST   /c/{case}/comments/{comment}/restore               --   go   --   --   --   --   wait --   in   in   in

# Marks                                                   ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}/marks                                    go   go   go   go   --   --   wait --   in   in   in
POST   /c/{case}/marks                                    422  422  422  422  --   --   wait --   in   in   in
GET    /c/{case}/marks/new                                200  200  200  200  --   --   wait --   in   in   in
GET    /c/{case}/marks/{mark}                             go   go   go   go   --   --   wait --   in   in   in
POST   /c/{case}/marks/{mark}/move                        --   422  --   --   --   --   wait --   in   in   in
POST   /c/{case}/marks/{mark}/remove                      --   go   --   --   --   --   wait --   in   in   in
POST   /c/{case}/marks/{mark}/restore                     --   go   --   --   --   --   wait --   in   in   in

# Search                                                  ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /search                                            200  200  200  200  --   --   wait --   in   in   in
GET    /search/filters                                    200  200  200  200  --   --   wait --   in   in   in
GET    /search/results                                    200  200  200  200  --   --   wait --   in   in   in
GET    /search/saved                                      200  200  200  200  --   --   wait --   in   in   in
POST   /search/saved                                      422  422  422  422  --   --   wait --   in   in   in
POST   /search/saved/{saved}/delete                       --   200  --   --   --   --   wait --   in   in   in
POST   /search/saved/{saved}/open                         --   go   --   --   --   --   wait --   in   in   in
POST   /search/saved/{saved}/rename                       --   422  --   --   --   --   wait --   in   in   in
GET    /search/suggest                                    200  200  200  200  --   --   wait --   in   in   in

# Inbox                                                   ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /inbox                                             200  200  200  200  200  200  200  200  in   in   in
GET    /inbox/count                                       200  200  200  200  200  200  200  200  in   in   in
GET    /inbox/list                                        200  200  200  200  200  200  200  200  in   in   in
POST   /inbox/read                                        go   go   go   go   go   go   go   go   in   in   in

# Drafts and uploads                                      ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /drafts                                            200  200  200  200  --   --   200  --   in   in   in
GET    /drafts/body-parts                                 200  200  200  200  --   --   200  --   in   in   in
GET    /drafts/{draft}                                    200  --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}                                    go   --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/autosave                           200  --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/discard                            200  --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/discard                            go   --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/images/{draft_image}/boxes         422  --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/images/{draft_image}/confirm       422  --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/images/{draft_image}/preview       409  --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/images/{draft_image}/series        go   --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/images/{draft_image}/suggestions   go   --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/progress                           go   --   --   --   --   --   wait --   in   in   in
POST   /drafts/{draft}/publish                            409  --   --   --   --   --   wait --   in   in   in
GET    /drafts/{draft}/radar                              200  --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/review                             200  --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/series                             go   --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/series                             go   --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/series/{draft_series}/picture      409  --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/series/{draft_series}/slices       200  --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/series/{draft_series}/slices/1.jpg 409  --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/series/{draft_series}/slices/areas 422  --   --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/series/{draft_series}/slices/back  go   --   --   --   --   --   --   --   in   in   in
GET    /drafts/{draft}/series/{draft_series}/slices/closer  go --  --   --   --   --   --   --   in   in   in
POST   /drafts/{draft}/series/{draft_series}/slices/confirm 409 -- --   --   --   --   --   --   in   in   in
GET    /new                                               200  200  200  200  --   --   200  --   in   in   in
POST   /new                                               422  422  422  422  --   --   422  --   in   in   in
POST   /new/consent                                       422  422  422  422  --   --   422  --   in   in   in
GET    /new/shared                                        200  200  200  200  --   --   200  --   in   in   in
POST   /new/shared                                        wait wait wait wait --   --   wait --   in   in   in
PUT    /uploads                                           400  400  400  400  --   --   400  --   in   in   in
POST   /uploads                                           201  201  201  201  --   --   201  --   in   in   in
DELETE /uploads/{upload}                                  200  --   --   --   --   --   --   --   in   in   in
PUT    /uploads/{upload}                                  422  --   --   --   --   --   --   --   in   in   in
POST   /uploads/{upload}/remove                           go   --   --   --   --   --   --   --   in   in   in
GET    /uploads/{upload}/row                              200  --   --   --   --   --   --   --   in   in   in

# Mending, withdrawing, erasing                           ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}/audience                                 200  200  200  --   --   --   wait --   in   in   in
POST   /c/{case}/consent/withdraw                         go   --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/edit                                     200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/edit                                     go   --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/erase                                    200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/erase                                    go   --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/hide                                     go   --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/history                                  200  200  200  200  --   --   wait --   in   in   in
GET    /c/{case}/images/{image}/dicom                     409  --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/images/{image}/remove                    200  --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/images/{image}/redact                    200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/images/{image}/redact                    422  --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/images/{image}/redacting                 go   --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/images/{image}/hide                      go   --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/images/{image}/show                      409  --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/openings                                 200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/images/{image}/remove                    422  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/restore                                  409  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/show                                     409  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/withdraw                                 go   --   --   --   --   --   wait --   in   in   in

# The subject's own pages and the release                 ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}/release                                  200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/release                                  422  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/release/end                              go   --   --   --   --   --   wait --   in   in   in
GET    /my                                                --   --   --   --   --   200  --   --   in   in   in
GET    /my/b/{patient_board}                              --   --   --   --   --   200  --   --   in   in   in
GET    /my/c/{case}                                       --   --   --   --   --   200  --   --   in   in   in

# The second look before a case leaves the clinic         ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /attest                                            200  200  200  --   --   --   wait --   in   in   in
GET    /attest/{wish}                                     409  200  200  --   --   --   wait --   in   in   in
POST   /attest/{wish}                                     409  422  422  --   --   --   wait --   in   in   in
GET    /attest/{wish}/media/{wish_media}/w236             409  200  200  --   --   --   wait --   in   in   in
POST   /attest/{wish}/return                              409  422  422  --   --   --   wait --   in   in   in
POST   /c/{case}/attest                                   409  --   --   --   --   --   wait --   in   in   in

# Links and slips                                         ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /c/{case}/shares                                   200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/shares                                   422  --   --   --   --   --   wait --   in   in   in
GET    /c/{case}/shares/{share}                           200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/shares/{share}/extend                    go   --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/shares/{share}/revoke                    go   --   --   --   --   --   wait --   in   in   in
GET    /s                                                 200  200  200  200  200  200  200  200  200  200  200
POST   /s                                                 422  422  422  422  422  422  422  422  422  422  422
GET    /s/{link}                                          200  200  200  200  200  200  200  200  200  200  200
GET    /s/{link}/media/{media}/w236                       200  200  200  200  200  200  200  200  200  200  200
POST   /s/{link}/unlock                                   422  422  422  422  422  422  422  422  422  422  422

# What can come back                                      ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /trash                                             200  200  200  200  --   --   wait --   in   in   in
POST   /trash/boards/{removed}/restore                    go   --   --   --   --   --   wait --   in   in   in

# What visitors see                                       ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /discover                                          200  200  200  200  200  200  200  200  200  200  200
GET    /discover/{sample}                                 200  200  200  200  200  200  200  200  200  200  200
GET    /media/{sample_media}/w736                         200  200  200  200  200  200  200  200  200  200  200
GET    /c/{case}/discover                                 200  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/discover                                 422  --   --   --   --   --   wait --   in   in   in
POST   /c/{case}/discover/end                             go   --   --   --   --   --   wait --   in   in   in
GET    /admin/discover                                    --   --   --   --   --   --   --   200  in   in   in
POST   /admin/discover                                    --   --   --   --   --   --   --   go   in   in   in
GET    /admin/discover/media/{sample_media}/w236          --   --   --   --   --   --   --   200  in   in   in
POST   /admin/discover/{sample}/pick                      --   --   --   --   --   --   --   go   in   in   in
POST   /admin/discover/{sample}/unpick                    --   --   --   --   --   --   --   go   in   in   in
POST   /admin/discover/{sample}/week                      --   --   --   --   --   --   --   go   in   in   in

# Pictures                                                ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
GET    /media/{media}/w236                                200  200  200  200  --   200  --   --   --   --   --
"""


@dataclass(frozen=True)
class Ask:
    """One route and method, and the answer to each of the cast."""

    method: str
    path: str
    answers: dict[str, str]
    data: dict[str, str] = field(default_factory=dict)

    def __str__(self):
        return f"{self.method} {self.path}"


def read(line):
    """Read one line of the table."""
    method, path, *answers = line.split()
    return Ask(method, path, dict(zip(ORDER, answers, strict=True)), DATA.get(f"{method} {path}", {}))


MATRIX = tuple(read(line) for line in TABLE.splitlines() if line and not line.startswith("#"))
