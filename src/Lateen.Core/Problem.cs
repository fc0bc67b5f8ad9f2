// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Core;

/// <summary>Whether a <see cref="Problem"/> keeps a resource out of force (<see cref="Error"/>), deserves attention, or is only told.</summary>
public enum Severity : byte
{
    Info,
    Warning,
    Error,
}

/// <summary>What is wrong with a piece of configuration, where, and what to do about it.</summary>
/// <param name="Code">Stable identifier, <c>LT</c> and four digits; never reused.</param>
/// <param name="Where">The place in the user's input.</param>
/// <param name="Subject">The resource, as <c>Kind namespace/name</c>; empty where the input does not get that far.</param>
/// <param name="Field">Path of the field, as <c>http[2].route[0].weight</c>; empty for the resource as a whole.</param>
/// <param name="Message">One sentence that says what is wrong, without the parts above.</param>
/// <param name="Fix">What to do, as an imperative; null where nothing sensible can be said.</param>
public sealed record Problem(
    string Code,
    Severity Severity,
    SourceLocation Where,
    string Subject,
    string Field,
    string Message,
    string? Fix = null
)
{
    /// <summary>The one line that users read: place, subject and field, what, what to do, code.</summary>
    public override string ToString()
    {
        var place = Where.Source.Length == 0 ? "" : $"{Where}: ";
        var what = (Subject.Length, Field.Length) switch
        {
            (0, 0) => "",
            (0, _) => $"{Field}: ",
            (_, 0) => $"{Subject}: ",
            _ => $"{Subject}, {Field}: ",
        };
        var fix = Fix is null ? "" : $"; {Fix}";
        return $"{place}{what}{Message}{fix} ({Code})";
    }
}
