// SPDX-License-Identifier: Apache-2.0
namespace Bookinfo;

/// <summary><c>GET /details/{id}</c>: facts about the book.</summary>
internal static class Details
{
    public static void Map(WebApplication app) =>
        app.MapGet(
            "/details/{id:int}",
            (int id) =>
                Results.Text(
                    $$"""
                    {"id":{{id}},"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,"publisher":"PublisherA","language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"}
                    """,
                    "application/json"
                )
        );
}
