"""What an organisation belongs to, chosen and shown on the office's pages (C4)."""

from chassis.ids import new_id
from ops.demo.stage import text_of


def test_C4_a_part_is_put_under_its_group_and_shown_there(whole):
    office, mark = whole.staff("admin"), new_id().hex[-8:]
    group, site = (whole.api.post("/organisations", {"name": f"{name} {mark}"}) for name in ("Konserni", "Toimipiste"))
    choice = f"/office/organisations/{site['id']}/parent"
    page = office.page(f"{choice}?q=Konserni+{mark}&lang=fi")
    assert group["id"] in page.xpath("//input[@name='parent_id']/@value")

    def send(of, **values):
        hidden = {"csrf_token": office.csrf, "form_key": str(new_id())}
        return office.ask("POST", f"/office/organisations/{of}/parent", data=hidden | values)

    assert send(site["id"], parent_id=group["id"], version="1").status_code == 302
    assert send(group["id"], parent_id=site["id"], version="1").status_code == 422
    assert send(site["id"], parent_id=group["id"], version="1").status_code == 422
    card = office.page(f"/office/organisations/{group['id']}?lang=fi")
    assert f"Toimipiste {mark}" in text_of(card.xpath("//section[@id='hierarchy']")[0])
    crumbs = text_of(office.page(f"/office/organisations/{site['id']}?lang=fi").xpath("//nav[@class='crumbs']")[0])
    assert f"Konserni {mark}" in crumbs
    assert send(site["id"], parent_id="", version="2").status_code == 302
    assert whole.api.get(f"/organisations/{site['id']}/hierarchy") == {"above": [], "below": [], "more": False}
