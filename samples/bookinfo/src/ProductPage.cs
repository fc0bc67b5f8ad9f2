// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Bookinfo;

/// <summary>The page a person sees: <c>GET /productpage</c>, and the same as JSON under <c>/api/v1/products</c>.</summary>
internal static class ProductPage
{
    private const string Title = "The Comedy of Errors";

    public static void Map(WebApplication app, Downstream downstream)
    {
        app.MapGet("/", () => Results.Redirect("/productpage"));
        app.MapGet("/productpage", (HttpRequest request) => PageAsync(request, downstream));
        app.MapGet("/api/v1/products", () => Results.Text($$"""[{"id":0,"title":"{{Title}}"}]""", "application/json"));
        app.MapGet(
            "/api/v1/products/{id:int}",
            (int id, HttpRequest request) => PassAsync($"http://details:9080/details/{id}", request, downstream)
        );
        app.MapGet(
            "/api/v1/products/{id:int}/reviews",
            (int id, HttpRequest request) => PassAsync($"http://reviews:9080/reviews/{id}", request, downstream)
        );
        app.MapGet(
            "/api/v1/products/{id:int}/ratings",
            (int id, HttpRequest request) => PassAsync($"http://ratings:9080/ratings/{id}", request, downstream)
        );
    }

    private static async Task<IResult> PassAsync(string url, HttpRequest request, Downstream downstream) =>
        await downstream.GetAsync(url, request) is { } body
            ? Results.Text(body, "application/json")
            : Results.Text("""{"error":"the service is currently unavailable"}""", "application/json", statusCode: 503);

    private static async Task<IResult> PageAsync(HttpRequest request, Downstream downstream)
    {
        var details = downstream.GetAsync("http://details:9080/details/0", request);
        var reviews = downstream.GetAsync("http://reviews:9080/reviews/0", request);
        var page = new StringBuilder();
        page.Append($"<!doctype html><html lang=\"en\"><head><title>{Title}</title></head><body><h1>{Title}</h1>");
        WriteDetails(page, await details);
        WriteReviews(page, await reviews);
        page.Append("</body></html>\n");
        return Results.Text(page.ToString(), "text/html");
    }

    private static void WriteDetails(StringBuilder page, string? details)
    {
        page.Append("<h2>Book Details</h2>");
        if (details is null || JsonNode.Parse(details) is not JsonObject book)
        {
            page.Append("<p>Sorry, product details are currently unavailable for this book.</p>");
            return;
        }
        page.Append("<dl>");
        foreach (var (name, value) in book)
            page.Append($"<dt>{WebUtility.HtmlEncode(name)}</dt><dd>{WebUtility.HtmlEncode(value?.ToString())}</dd>");
        page.Append("</dl>");
    }

    private static void WriteReviews(StringBuilder page, string? reviews)
    {
        page.Append("<h2>Book Reviews</h2>");
        if (reviews is null || JsonNode.Parse(reviews) is not { } answer || answer["reviews"] is not JsonArray list)
        {
            page.Append("<p>Sorry, product reviews are currently unavailable for this book.</p>");
            return;
        }
        foreach (var review in list)
        {
            page.Append($"<blockquote><p>{WebUtility.HtmlEncode(review?["text"]?.ToString())}</p>");
            page.Append(
                $"<footer>{WebUtility.HtmlEncode(review?["reviewer"]?.ToString())}{Stars(review?["rating"])}</footer></blockquote>"
            );
        }
        page.Append($"<p>Reviews served by: {WebUtility.HtmlEncode(answer["podname"]?.ToString())}</p>");
    }

    private static string Stars(JsonNode? rating)
    {
        if (rating is null)
            return "";
        if (rating["stars"] is not { } stars)
            return " <i>Ratings service is currently unavailable</i>";
        return $" <font color=\"{WebUtility.HtmlEncode(rating["color"]?.ToString())}\">{new string('★', stars.GetValue<int>())}</font>";
    }
}
