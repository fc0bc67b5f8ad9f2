// SPDX-License-Identifier: Apache-2.0
namespace Bookinfo;

/// <summary><c>GET /ratings/{id}</c>: stars by reviewer.</summary>
internal static class Ratings
{
    public static void Map(WebApplication app) =>
        app.MapGet(
            "/ratings/{id:int}",
            (int id) => Results.Json(new { id, ratings = new { Reviewer1 = 5, Reviewer2 = 4 } }, Keep)
        );

    /// <summary>Reviewers are looked up by their names as they are.</summary>
    private static System.Text.Json.JsonSerializerOptions Keep { get; } = new() { PropertyNamingPolicy = null };
}
