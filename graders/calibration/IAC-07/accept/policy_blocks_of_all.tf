# why: one shared topic takes all teams into its policy by dynamic blocks, and is updated in place
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_iam_user" "team" {
  for_each = toset(var.teams)
  name     = "team-${each.key}"
}

resource "aws_sns_topic" "news" {
  name = "news"
}

data "aws_iam_policy_document" "news" {
  dynamic "statement" {
    for_each = aws_iam_user.team
    content {
      sid       = title(statement.key)
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.news.arn]
      principals {
        type        = "AWS"
        identifiers = [statement.value.arn]
      }
    }
  }
}

resource "aws_sns_topic_policy" "news" {
  arn    = aws_sns_topic.news.arn
  policy = data.aws_iam_policy_document.news.json
}
