# why: the product holds a second repository
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  owners       = ["acme"]
  repositories = ["orders", "orders-infra"]
  environments = ["production"]

  subjects = [
    for claim in setproduct(local.owners, local.repositories, local.environments) :
    format("repo:%s/%s:environment:%s", claim...)
  ]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    dynamic "condition" {
      for_each = { aud = ["sts.amazonaws.com"], sub = local.subjects }
      content {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:${condition.key}"
        values   = condition.value
      }
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = "orders-deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
