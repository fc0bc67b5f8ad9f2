// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bookinfo;

/// <summary><c>GET /reviews/{id}</c>: opinions; v2 and v3 ask ratings for their stars.</summary>
internal static class Reviews
{
    private static readonly (string Reviewer, string Text)[] s_opinions =
    [
        ("Reviewer1", "A comedy of mistaken twins that never slows down; the laughs come from the plot, not the puns."),
        ("Reviewer2", "Short, silly and very well built. Read it aloud with friends, each with two parts."),
    ];

    public static void Map(WebApplication app, Settings settings, Downstream downstream) =>
        app.MapGet(
            "/reviews/{id:int}",
            async (int id, HttpRequest request) =>
            {
                var colour = settings.Version switch
                {
                    "v2" => "black",
                    "v3" => "red",
                    _ => null,
                };
                var ratings = colour is null
                    ? null
                    : await downstream.GetAsync($"http://ratings:9080/ratings/{id}", request);
                return Results.Text(Write(id, settings, colour, ratings), "application/json");
            }
        );

    private static string Write(int id, Settings settings, string? colour, string? ratings)
    {
        var stars = ratings is null ? null : JsonNode.Parse(ratings)?["ratings"];
        var reviews = new JsonArray();
        foreach (var (reviewer, text) in s_opinions)
        {
            var review = new JsonObject { ["reviewer"] = reviewer, ["text"] = text };
            if (colour is not null)
                review["rating"] = stars?[reviewer] is { } count
                    ? new JsonObject { ["stars"] = count.GetValue<int>(), ["color"] = colour }
                    : new JsonObject { ["error"] = "Ratings service is currently unavailable" };
            reviews.Add(review);
        }
        var answer = new JsonObject
        {
            ["id"] = id.ToString(),
            ["podname"] = settings.Name,
            ["version"] = settings.Version,
            ["reviews"] = reviews,
        };
        return answer.ToJsonString(JsonSerializerOptions.Web);
    }
}
