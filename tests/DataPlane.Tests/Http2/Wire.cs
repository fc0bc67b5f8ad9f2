// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>Carries bytes between two endpoints.</summary>
internal static class Wire
{
    /// <summary>Until neither has anything to write; in pieces of random size when there is a source of them.</summary>
    public static void Exchange(Endpoint left, Endpoint right, Random? cuts = null)
    {
        while (Move(left, right, cuts) | Move(right, left, cuts)) { }
    }

    private static bool Move(Endpoint from, Endpoint to, Random? cuts)
    {
        var output = from.Connection.Output;
        if (output.IsEmpty)
            return false;
        var count = cuts is null ? output.Length : cuts.Next(1, Math.Min(output.Length, cuts.Next(1, 40_000)) + 1);
        var piece = output[..count].ToArray();
        from.Connection.OnWritten(count);
        Assert.Equal(Http2Fault.None, to.Feed(piece));
        return true;
    }
}
