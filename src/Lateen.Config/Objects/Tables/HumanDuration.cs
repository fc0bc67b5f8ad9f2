// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Config.Objects.Tables;

/// <summary>Ages as <c>kubectl</c> shows them: two units while they matter, one when they do not.</summary>
public static class HumanDuration
{
    public static string Of(TimeSpan age)
    {
        var seconds = (long)age.TotalSeconds;
        // A clock may be a little ahead of another one.
        if (seconds < -1)
            return "<invalid>";
        if (seconds < 0)
            return "0s";
        long minutes = seconds / 60,
            hours = seconds / 3600,
            days = hours / 24,
            years = days / 365;
        return (seconds, minutes, hours, years) switch
        {
            (< 120, _, _, _) => One(seconds, 's'),
            (_, < 10, _, _) => Two(minutes, 'm', seconds % 60, 's'),
            (_, < 180, _, _) => One(minutes, 'm'),
            (_, _, < 8, _) => Two(hours, 'h', minutes % 60, 'm'),
            (_, _, < 48, _) => One(hours, 'h'),
            (_, _, < 192, _) => Two(days, 'd', hours % 24, 'h'),
            (_, _, _, < 2) => One(days, 'd'),
            (_, _, _, < 8) => Two(years, 'y', days % 365, 'd'),
            _ => One(years, 'y'),
        };
    }

    private static string One(long number, char unit) => string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");

    private static string Two(long number, char unit, long rest, char smaller) =>
        rest == 0 ? One(number, unit) : One(number, unit) + One(rest, smaller);
}
