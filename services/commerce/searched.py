"""What can be found by words in commerce; invoices are found by number and reference, see their list (A7).

Orders are found by what was ordered."""

from typing import Final

from chassis.searching import Searched
from contracts.access import Permission
from services.commerce import models

SEARCHED: Final = (
    Searched("products", Permission.COMMERCE_READ, models.Product, "name"),
    Searched("orders", Permission.COMMERCE_READ, models.OrderLine, "name", part_of="order_id"),
)
